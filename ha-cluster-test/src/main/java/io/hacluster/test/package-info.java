/**
 * Support for tests of applications that take part in a cluster.
 */
@NullMarked
package io.hacluster.test;

import org.jspecify.annotations.NullMarked;
