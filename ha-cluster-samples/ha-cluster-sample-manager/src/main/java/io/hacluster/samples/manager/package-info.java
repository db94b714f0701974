/**
 * The manager of an external backend.
 */
@NullMarked
package io.hacluster.samples.manager;

import org.jspecify.annotations.NullMarked;
