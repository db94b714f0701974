/**
 * Leases in a directory shared by the nodes of one machine.
 */
@NullMarked
package io.hacluster.election.local;

import org.jspecify.annotations.NullMarked;
