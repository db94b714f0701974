/**
 * Reading SQLite's write-ahead log.
 */
@NullMarked
package io.hacluster.replication.wal;

import org.jspecify.annotations.NullMarked;
