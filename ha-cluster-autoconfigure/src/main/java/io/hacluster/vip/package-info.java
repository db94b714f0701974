/**
 * The virtual IP address that follows the leader.
 */
@NullMarked
package io.hacluster.vip;

import org.jspecify.annotations.NullMarked;
