package io.hacluster.actuate;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.AvailabilityState;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.event.EventListener;

import io.hacluster.Epoch;
import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.event.LeadershipGrantedEvent;
import io.hacluster.event.LeadershipRevokedEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link LeadershipAvailability}, who publishes it and who shows it.
 */
class LeadershipAvailabilityTests {

	private static final NodeId NODE = new NodeId("a");

	@Test
	void eachChangeIsPublishedAndTheLastIsKnown() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.registerBean(ApplicationAvailabilityBean.class);
			context.registerBean(LeadershipAvailabilityPublisher.class);
			context.registerBean(Changes.class);
			context.refresh();
			ApplicationAvailabilityBean availability = context.getBean(ApplicationAvailabilityBean.class);
			assertThat(availability.getState(LeadershipAvailability.class)).isEqualTo(LeadershipAvailability.FOLLOWER);
			List<AvailabilityState> changes = context.getBean(Changes.class).states;
			changes.clear();
			context.publishEvent(new LeadershipGrantedEvent("c", NODE, new Epoch(1)));
			assertThat(availability.getState(LeadershipAvailability.class)).isEqualTo(LeadershipAvailability.LEADER);
			context.publishEvent(new LeadershipRevokedEvent("c", NODE, new Epoch(1), "over"));
			assertThat(availability.getState(LeadershipAvailability.class)).isEqualTo(LeadershipAvailability.FOLLOWER);
			assertThat(changes).containsExactly(LeadershipAvailability.LEADER, LeadershipAvailability.FOLLOWER);
		}
	}

	@Test
	void healthFollowsTheLeaseAndNotTheLastEvent() {
		Leadership leadership = mock(Leadership.class);
		ApplicationAvailabilityBean availability = new ApplicationAvailabilityBean();
		availability.onApplicationEvent(new AvailabilityChangeEvent<>(this, LeadershipAvailability.LEADER));
		LeadershipStateHealthIndicator indicator = new LeadershipStateHealthIndicator(availability, leadership);
		assertThat(indicator.health().getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
		given(leadership.isLeader()).willReturn(true);
		assertThat(indicator.health().getStatus()).isEqualTo(Status.UP);
	}

	static class Changes {

		private final List<AvailabilityState> states = new ArrayList<>();

		@EventListener
		void changed(AvailabilityChangeEvent<LeadershipAvailability> event) {
			this.states.add(event.getState());
		}

	}

}
