package io.hacluster.event;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

import io.hacluster.Epoch;
import io.hacluster.NodeId;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OnLeadership @OnLeadership},
 * {@link OnLeadershipLost @OnLeadershipLost} and {@link LeadershipListenerFactory}.
 */
class OnLeadershipTests {

	private static final LeadershipGrantedEvent GRANTED = new LeadershipGrantedEvent("c", new NodeId("n"),
			new Epoch(3));

	private static final LeadershipRevokedEvent REVOKED = new LeadershipRevokedEvent("c", new NodeId("n"), new Epoch(3),
			"asked to");

	@Test
	void methodsAreCalledWithAndWithoutTheEvent() {
		// Peer defect 14: one consumer of an event took it from the others.
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(
				FactoryConfiguration.class, Listeners.class)) {
			context.publishEvent(GRANTED);
			context.publishEvent(REVOKED);
			assertThat(context.getBean(Listeners.class).calls).containsExactlyInAnyOrder("granted", "granted 3",
					"conditional", "revoked", "revoked asked to");
		}
	}

	@Test
	void methodsAreCalledWithoutTheFactoryToo() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Listeners.class)) {
			context.publishEvent(GRANTED);
			assertThat(context.getBean(Listeners.class).calls).containsExactlyInAnyOrder("granted", "granted 3",
					"conditional");
		}
	}

	@Test
	void methodThatThrowsDoesNotKeepTheEventFromTheOthers() {
		// I14.
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(
				FactoryConfiguration.class, BrokenListener.class, Listeners.class)) {
			context.publishEvent(GRANTED);
			assertThat(context.getBean(Listeners.class).calls).contains("granted", "granted 3");
		}
	}

	@Configuration(proxyBeanMethods = false)
	static class FactoryConfiguration {

		@Bean
		LeadershipListenerFactory leadershipListenerFactory() {
			return new LeadershipListenerFactory();
		}

	}

	static class BrokenListener {

		@OnLeadership
		@Order(-100)
		void granted() {
			throw new IllegalStateException("broken");
		}

	}

	static class Listeners {

		private final List<String> calls = new CopyOnWriteArrayList<>();

		@OnLeadership
		void granted() {
			this.calls.add("granted");
		}

		@OnLeadership
		void granted(LeadershipGrantedEvent event) {
			this.calls.add("granted " + event.epoch());
		}

		@OnLeadership(condition = "#root.event.payload.epoch.value == 3")
		void conditional() {
			this.calls.add("conditional");
		}

		@OnLeadership(condition = "false")
		void never() {
			this.calls.add("never");
		}

		@OnLeadershipLost
		void revoked() {
			this.calls.add("revoked");
		}

		@OnLeadershipLost
		void revoked(LeadershipRevokedEvent event) {
			this.calls.add("revoked " + event.reason());
		}

	}

}
