package io.hacluster.autoconfigure;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.lifecycle.BackendStatus;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.lifecycle.ClusterStatus;
import io.hacluster.lifecycle.LifecycleState;
import io.hacluster.member.Member;
import io.hacluster.replication.Replication;
import io.hacluster.replication.ReplicationStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link NodeMember}: what a node says that keeps it from leading.
 */
class NodeMemberTests {

	private final ClusterLifecycle node = mock(ClusterLifecycle.class);

	private final Electors electors = mock(Electors.class);

	private final Replication replication = mock(Replication.class);

	@Test
	void nodeThatCouldLeadNamesNothing() {
		assertThat(obstacle(LifecycleState.FOLLOWER, null, ReplicationStatus.State.FOLLOWING, 100)).isNull();
	}

	@Test
	void nodeNamesWhatKeepsItFromLeadingAndNothingElse() {
		Instant until = Instant.EPOCH;
		assertThat(obstacle(LifecycleState.FOLLOWER, until, ReplicationStatus.State.FOLLOWING, 100))
			.isEqualTo("it cools, because its backend could not be kept running there");
		assertThat(obstacle(LifecycleState.FOLLOWER, null, ReplicationStatus.State.RESTORING, 100))
			.isEqualTo("it has no replica yet");
		assertThat(obstacle(LifecycleState.DEMOTING, until, ReplicationStatus.State.FOLLOWING, 100))
			.isEqualTo("it is in state DEMOTING, and it cools, because its backend could not be kept running there");
		assertThat(obstacle(LifecycleState.FOLLOWER, null, ReplicationStatus.State.FOLLOWING, 0))
			.isEqualTo("its priority is 0");
	}

	@Test
	void nodeThatTheElectionKeepsOutSaysWhyUnlessItLeads() {
		given(this.electors.obstacle()).willReturn("it stands aside after its last term");
		assertThat(obstacle(LifecycleState.FOLLOWER, null, ReplicationStatus.State.FOLLOWING, 100))
			.isEqualTo("it stands aside after its last term");
		assertThat(obstacle(LifecycleState.LEADER, null, ReplicationStatus.State.FOLLOWING, 100)).isNull();
	}

	private @Nullable String obstacle(LifecycleState state, @Nullable Instant coolingUntil,
			ReplicationStatus.State replicated, int priority) {
		BackendStatus backend = new BackendStatus(BackendStatus.State.STOPPED, null, 0, 0, null, coolingUntil,
				Duration.ZERO, new BackendStatus.Totals(0, 0, 0));
		given(this.node.status()).willReturn(new ClusterStatus(new NodeId("a"), ClusterRole.FOLLOWER, state,
				new Epoch(7), Optional.empty(), null, null, null, null, backend));
		given(this.replication.status()).willReturn(
				new ReplicationStatus(replicated, 1, 1, Duration.ZERO, null, List.of(), new ReplicationStatus.Counters(
						0, 0, 0, 0, 0, 0, 0, 0, 0, 0, ReplicationStatus.Upkeep.NONE, Duration.ZERO)));
		HaClusterProperties properties = new Binder(
				new MapConfigurationPropertySource(Map.of("ha.cluster.election.priority", priority)))
			.bindOrCreate("ha.cluster", HaClusterProperties.class);
		Member member = new NodeMember(new NodeIdentity("test", new NodeId("a"), "nonce"), properties,
				provider(this.node), provider(this.electors), provider(this.replication), Clock.systemUTC())
			.get();
		assertThat(member.eligible()).isEqualTo(member.obstacle() == null);
		return member.obstacle();
	}

	@SuppressWarnings("unchecked")
	private static <T> ObjectProvider<T> provider(T bean) {
		ObjectProvider<T> provider = mock(ObjectProvider.class);
		given(provider.getObject()).willReturn(bean);
		given(provider.getIfAvailable()).willReturn(bean);
		return provider;
	}

}
