/**
 * What becomes of a database that went another way than the log: how it is kept aside,
 * and in which rows it differs.
 */
@NullMarked
package io.hacluster.replication.divergence;

import org.jspecify.annotations.NullMarked;
