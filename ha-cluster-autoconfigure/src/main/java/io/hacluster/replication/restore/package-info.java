/**
 * Builds a database from the log, and looks whether the log is good for that.
 */
@NullMarked
package io.hacluster.replication.restore;

import org.jspecify.annotations.NullMarked;
