/**
 * The other nodes' side: a replica that is kept level with the log, and what a node's\n *
 * files are judged and moved by.
 */
@NullMarked
package io.hacluster.replication.follower;

import org.jspecify.annotations.NullMarked;
