/**
 * One node's replication as the two sequences drive it: a follower or a primary, and the
 * renames between the two.
 */
@NullMarked
package io.hacluster.replication.node;

import org.jspecify.annotations.NullMarked;
