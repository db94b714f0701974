/**
 * The leader's side: captures what another process commits to a SQLite database and ships
 * it to the log.
 */
@NullMarked
package io.hacluster.replication.primary;

import org.jspecify.annotations.NullMarked;
