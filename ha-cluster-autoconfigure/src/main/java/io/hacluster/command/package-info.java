/**
 * The command line of a node's application. Commands read the log and the leases; they
 * take no part in the election and append nothing.
 */
@NullMarked
package io.hacluster.command;

import org.jspecify.annotations.NullMarked;
