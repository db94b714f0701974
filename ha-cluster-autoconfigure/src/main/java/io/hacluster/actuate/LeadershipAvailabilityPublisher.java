package io.hacluster.actuate;

import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.event.EventListener;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.hacluster.event.LeadershipGrantedEvent;
import io.hacluster.event.LeadershipRevokedEvent;

/**
 * Publishes each change of the {@link LeadershipAvailability}, the first before the node
 * takes part in its cluster.
 */
public final class LeadershipAvailabilityPublisher implements SmartInitializingSingleton {

	private final ApplicationEventPublisher publisher;

	/**
	 * Creates the publisher.
	 * @param publisher told
	 */
	public LeadershipAvailabilityPublisher(ApplicationEventPublisher publisher) {
		this.publisher = publisher;
	}

	@Override
	public void afterSingletonsInstantiated() {
		publish(LeadershipAvailability.FOLLOWER);
	}

	@EventListener(LeadershipGrantedEvent.class)
	@Order(Ordered.HIGHEST_PRECEDENCE)
	void granted() {
		publish(LeadershipAvailability.LEADER);
	}

	@EventListener(LeadershipRevokedEvent.class)
	@Order(Ordered.HIGHEST_PRECEDENCE)
	void revoked() {
		publish(LeadershipAvailability.FOLLOWER);
	}

	private void publish(LeadershipAvailability state) {
		AvailabilityChangeEvent.publish(this.publisher, this, state);
	}

}
