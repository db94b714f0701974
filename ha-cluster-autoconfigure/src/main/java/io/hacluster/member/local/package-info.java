/**
 * The records of the nodes in a directory shared by the nodes of one machine.
 */
@NullMarked
package io.hacluster.member.local;

import org.jspecify.annotations.NullMarked;
