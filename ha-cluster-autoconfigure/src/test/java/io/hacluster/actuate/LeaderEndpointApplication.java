package io.hacluster.actuate;

import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.lifecycle.LifecycleState;
import io.hacluster.member.TestMembers;
import io.hacluster.operation.RecordingOperations;
import io.hacluster.replication.ReplicationStatus;

/**
 * An application with the endpoint of a node that is what a test says.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class LeaderEndpointApplication {

	static final HttpClient CLIENT = HttpClient.newHttpClient();

	static ConfigurableApplicationContext run(WebApplicationType type, String... arguments) {
		return run(List.of(LeaderEndpointApplication.class), type, arguments);
	}

	static ConfigurableApplicationContext run(List<Class<?>> sources, WebApplicationType type, String... arguments) {
		SpringApplication application = new SpringApplication(sources.toArray(Class<?>[]::new));
		application.setWebApplicationType(type);
		List<String> all = new ArrayList<>(List.of(arguments));
		all.add("--server.port=0");
		all.add("--management.endpoints.web.exposure.include=leader");
		return application.run(all.toArray(String[]::new));
	}

	static String url(ConfigurableApplicationContext context) {
		String port = context.getEnvironment().getProperty("local.management.port");
		return "http://127.0.0.1:"
				+ ((port != null) ? port : context.getEnvironment().getProperty("local.server.port"));
	}

	@Bean
	Node node() {
		return new Node();
	}

	@Bean
	RecordingOperations operations() {
		return new RecordingOperations();
	}

	@Bean
	TestMembers members() {
		return new TestMembers();
	}

	@Bean
	LeaderEndpoint leaderEndpoint(Node node, TestMembers members, RecordingOperations operations) {
		return new LeaderEndpoint(
				new LeaderDescriptions(node, () -> node.state.name(), node::replication, members, members),
				new LeaderActions(operations));
	}

	@Bean
	RoleChecks roleChecks(Node node) {
		return new RoleChecks(node, () -> node.state, node::replication);
	}

	@Bean
	LeaderEndpointWebExtension leaderEndpointWebExtension(LeaderEndpoint endpoint, RoleChecks checks) {
		return new LeaderEndpointWebExtension(endpoint, checks);
	}

	@Bean
	LeaderEndpointAdvisor leaderEndpointAdvisor() {
		return new LeaderEndpointAdvisor();
	}

	/**
	 * A node, at first a leader.
	 */
	static final class Node implements Leadership {

		volatile LifecycleState state = LifecycleState.LEADER;

		volatile ReplicationStatus.State replicating = ReplicationStatus.State.SHIPPING;

		void follow() {
			this.state = LifecycleState.FOLLOWER;
			this.replicating = ReplicationStatus.State.FOLLOWING;
		}

		ReplicationStatus replication() {
			return new ReplicationStatus(this.replicating, 42, 43, Duration.ofMillis(1500), null, List.of(),
					new ReplicationStatus.Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ReplicationStatus.Upkeep.NONE,
							Duration.ZERO));
		}

		@Override
		public NodeId nodeId() {
			return new NodeId("a");
		}

		@Override
		public boolean isLeader() {
			return this.state == LifecycleState.LEADER;
		}

		@Override
		public ClusterRole role() {
			return isLeader() ? ClusterRole.LEADER : ClusterRole.FOLLOWER;
		}

		@Override
		public Epoch epoch() {
			return new Epoch(7);
		}

		@Override
		public Optional<Leader> leader() {
			return Optional
				.of(new Leader(new NodeId(isLeader() ? "a" : "b"), epoch(), Instant.parse("2030-01-01T00:00:00Z")));
		}

		@Override
		public boolean stepDown() {
			return isLeader();
		}

	}

}
