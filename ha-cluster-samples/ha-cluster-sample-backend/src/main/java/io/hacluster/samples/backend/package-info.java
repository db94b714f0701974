/**
 * A small HTTP service over SQLite, run as a process of its own and unaware of the
 * cluster.
 */
@NullMarked
package io.hacluster.samples.backend;

import org.jspecify.annotations.NullMarked;
