package io.hacluster.actuate;

import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.AvailabilityState;
import org.springframework.boot.health.application.AvailabilityStateHealthIndicator;
import org.springframework.boot.health.contributor.Status;

import io.hacluster.Leadership;

/**
 * Health for those who want to reach the leader only: up on the leader, out of service on
 * every other node. Made for health groups; the health of the node as a whole does not
 * include it, because a follower that follows is well.
 * <p>
 * It asks the lease rather than the last event: a leader whose lease has ended is no
 * longer up, even if nobody has been told yet.
 */
public class LeadershipStateHealthIndicator extends AvailabilityStateHealthIndicator {

	private final Leadership leadership;

	/**
	 * Creates the indicator.
	 * @param availability the availability of the application
	 * @param leadership asked each time
	 */
	public LeadershipStateHealthIndicator(ApplicationAvailability availability, Leadership leadership) {
		super(availability, LeadershipAvailability.class, (mappings) -> {
			mappings.add(LeadershipAvailability.LEADER, Status.UP);
			mappings.add(LeadershipAvailability.FOLLOWER, Status.OUT_OF_SERVICE);
		});
		this.leadership = leadership;
	}

	@Override
	protected AvailabilityState getState(ApplicationAvailability applicationAvailability) {
		return this.leadership.isLeader() ? LeadershipAvailability.LEADER : LeadershipAvailability.FOLLOWER;
	}

}
