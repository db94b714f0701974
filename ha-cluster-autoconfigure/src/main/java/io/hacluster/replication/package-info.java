/**
 * Replication of one SQLite database through one fenced log.
 */
@NullMarked
package io.hacluster.replication;

import org.jspecify.annotations.NullMarked;
