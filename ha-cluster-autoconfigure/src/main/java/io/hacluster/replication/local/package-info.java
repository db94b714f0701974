/**
 * The log in a directory shared by the nodes of one machine.
 */
@NullMarked
package io.hacluster.replication.local;

import org.jspecify.annotations.NullMarked;
