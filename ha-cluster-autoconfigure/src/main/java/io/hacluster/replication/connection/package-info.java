/**
 * JDBC connections to a database that another process works with.
 */
@NullMarked
package io.hacluster.replication.connection;

import org.jspecify.annotations.NullMarked;
