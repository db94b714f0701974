package io.hacluster.test;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.leader.event.OnGrantedEvent;
import org.springframework.test.context.event.ApplicationEvents;
import org.springframework.test.context.event.RecordApplicationEvents;

import io.hacluster.Leadership;
import io.hacluster.election.LeaseStore;
import io.hacluster.event.LeadershipGrantedEvent;
import io.hacluster.event.OnLeadership;
import io.hacluster.event.OnLeadershipLost;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The application is configured for a NATS server that does not exist.
 */
@SpringBootTest(classes = AutoConfigureTestLeadershipTests.Application.class,
		properties = { "ha.cluster.name=orders", "ha.cluster.node-id=a", "ha.cluster.store=nats",
				"ha.cluster.nats.servers=nats://127.0.0.1:1", "ha.cluster.sqlite.path=/no/such/directory/data.db" })
@AutoConfigureTestLeadership
@RecordApplicationEvents
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AutoConfigureTestLeadershipTests {

	@Autowired
	private TestLeadership leadership;

	@Autowired
	private Orders orders;

	@Test
	@Order(1)
	void listenersAreCalledBeforeTheTestGoesOn() {
		assertThat(this.orders.calls).isEmpty();
		this.leadership.grant();
		assertThat(this.orders.calls).containsExactly("granted while leader: true");
		this.leadership.revoke();
		assertThat(this.orders.calls).last().isEqualTo("lost while leader: false");
		this.leadership.grant();
	}

	@Test
	@Order(2)
	void methodAfterOneThatLeftTheNodeLeadingBeginsAsFollower() {
		assertThat(this.orders.calls).hasSize(4).last().isEqualTo("lost while leader: false");
		assertThat(this.leadership.isLeader()).isFalse();
		assertThat(this.leadership.leader()).isEmpty();
	}

	@Test
	void nothingOfTheClusterIsThere(@Autowired ApplicationContext context) {
		assertThat(context.getBeanProvider(LeaseStore.class).getIfAvailable()).isNull();
		assertThat(this.orders.leadership).isSameAs(this.leadership);
		assertThat(this.leadership.nodeId()).hasToString("a");
	}

	@Test
	void springIntegrationIsTold(@Autowired ApplicationEvents events) {
		this.leadership.grant();
		assertThat(events.stream(OnGrantedEvent.class)).singleElement()
			.satisfies((event) -> assertThat(event.getRole()).isEqualTo("orders"));
	}

	@Nested
	@AutoConfigureTestLeadership(leader = true)
	class OfALeader {

		@Autowired
		private TestLeadership leadership;

		@Autowired
		private Orders orders;

		@Test
		void methodBeginsAsLeader() {
			assertThat(this.leadership.isLeader()).isTrue();
			assertThat(this.orders.calls).last().isEqualTo("granted while leader: true");
			this.leadership.revoke();
		}

		@Test
		void eachMethodBeginsAsLeader() {
			methodBeginsAsLeader();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Orders orders(Leadership leadership) {
			return new Orders(leadership);
		}

	}

	static class Orders {

		private final List<String> calls = new ArrayList<>();

		private final Leadership leadership;

		Orders(Leadership leadership) {
			this.leadership = leadership;
		}

		@OnLeadership
		void granted(LeadershipGrantedEvent event) {
			this.calls.add("granted while leader: " + this.leadership.isLeader());
		}

		@OnLeadershipLost
		void lost() {
			this.calls.add("lost while leader: " + this.leadership.isLeader());
		}

	}

}
