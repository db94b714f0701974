/**
 * The command line of a node's application. Commands read the log, the leases and what
 * the nodes say of themselves; they take no part in the election and append nothing to
 * the log. What they ask of the cluster is a record that the nodes watch.
 */
@NullMarked
package io.hacluster.command;

import org.jspecify.annotations.NullMarked;
