package io.hacluster.actuate;

import org.springframework.boot.availability.AvailabilityState;

/**
 * Whether this node leads, as an availability state of the application. Each change is
 * published as an {@link org.springframework.boot.availability.AvailabilityChangeEvent},
 * after the listeners of earlier leadership events have returned. Who must not be late
 * asks {@link io.hacluster.Leadership#isLeader()}.
 */
public enum LeadershipAvailability implements AvailabilityState {

	/**
	 * The node leads: what only the leader may do is to be done here.
	 */
	LEADER,

	/**
	 * The node does not lead: it follows, is becoming leader, or is stepping down.
	 */
	FOLLOWER

}
