/**
 * Keeps the log of a leader short: merges its files into levels and snapshots, and
 * retires what nobody needs any more.
 */
@NullMarked
package io.hacluster.replication.level;

import org.jspecify.annotations.NullMarked;
