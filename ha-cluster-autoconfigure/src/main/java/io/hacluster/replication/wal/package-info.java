/**
 * SQLite's write-ahead log: reading it beside its writer, and encoding it.
 */
@NullMarked
package io.hacluster.replication.wal;

import org.jspecify.annotations.NullMarked;
