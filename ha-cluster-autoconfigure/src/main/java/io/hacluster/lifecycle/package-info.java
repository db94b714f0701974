/**
 * The two fixed sequences: becoming leader, and stepping down.
 */
@NullMarked
package io.hacluster.lifecycle;

import org.jspecify.annotations.NullMarked;
