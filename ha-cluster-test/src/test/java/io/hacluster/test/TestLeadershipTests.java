package io.hacluster.test;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.springframework.context.ApplicationEventPublisher;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.Leadership.Leader;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.event.LeaderChangedEvent;
import io.hacluster.event.LeadershipGrantedEvent;
import io.hacluster.event.LeadershipRevokedEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TestLeadershipTests {

	private final List<Object> events = new ArrayList<>();

	private final List<Boolean> leads = new ArrayList<>();

	private Consumer<Object> listener = (event) -> {
	};

	private final TestLeadership leadership = new TestLeadership(new NodeIdentity("c", new NodeId("a"), "1"),
			(ApplicationEventPublisher) this::told, Clock.systemUTC());

	@Test
	void leadershipAtFirstIsThatOfAFollowerWithoutLeader() {
		assertThat(this.leadership.isLeader()).isFalse();
		assertThat(this.leadership.role()).isEqualTo(ClusterRole.FOLLOWER);
		assertThat(this.leadership.epoch()).isEqualTo(Epoch.NONE);
		assertThat(this.leadership.leader()).isEmpty();
		assertThat(this.leadership.stepDown()).isFalse();
	}

	@Test
	void listenersSeeTheRoleThatTheyAreToldOf() {
		this.leadership.grant();
		this.leadership.revoke();
		assertThat(this.events).hasExactlyElementsOfTypes(LeaderChangedEvent.class, LeadershipGrantedEvent.class,
				LeadershipRevokedEvent.class, LeaderChangedEvent.class);
		assertThat(this.leads.subList(1, 3)).containsExactly(true, false);
	}

	@Test
	void grantAndRevokeWhenRepeatedAreToldOnce() {
		this.leadership.revoke();
		this.leadership.grant();
		this.leadership.grant();
		this.leadership.revoke();
		this.leadership.revoke();
		assertThat(this.events).hasSize(4);
	}

	@Test
	void eachGrantHasAGreaterEpoch() {
		this.leadership.grant();
		this.leadership.grantOther("b");
		this.leadership.grant();
		assertThat(this.leadership.epoch()).isEqualTo(new Epoch(3));
		assertThat(this.leadership.leader()).map(Leader::nodeId).hasValue(new NodeId("a"));
	}

	@Test
	void grantOtherEndsTheLeadershipOfThisNodeFirst() {
		this.leadership.grant();
		this.events.clear();
		this.leadership.grantOther("b");
		assertThat(this.leadership.isLeader()).isFalse();
		assertThat(this.leadership.leader()).map(Leader::nodeId).hasValue(new NodeId("b"));
		assertThat(this.events).hasExactlyElementsOfTypes(LeadershipRevokedEvent.class, LeaderChangedEvent.class,
				LeaderChangedEvent.class);
		assertThatIllegalArgumentException().isThrownBy(() -> this.leadership.grantOther("a"))
			.withMessageContaining("'a'");
	}

	@Test
	void stepDownByAListenerIsToldAfterTheGrant() {
		this.listener = (event) -> {
			if (event instanceof LeadershipGrantedEvent) {
				assertThat(this.leadership.stepDown()).isTrue();
				assertThat(this.leadership.isLeader()).isFalse();
				assertThat(this.events.get(this.events.size() - 1)).isSameAs(event);
			}
		};
		this.leadership.grant();
		assertThat(this.events).hasExactlyElementsOfTypes(LeaderChangedEvent.class, LeadershipGrantedEvent.class,
				LeadershipRevokedEvent.class, LeaderChangedEvent.class);
	}

	private void told(Object event) {
		this.events.add(event);
		this.leads.add(this.leadership.isLeader());
		this.listener.accept(event);
	}

}
