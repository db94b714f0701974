package io.hacluster.integration;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.springframework.integration.leader.Candidate;
import org.springframework.integration.leader.Context;
import org.springframework.integration.leader.DefaultCandidate;
import org.springframework.integration.leader.event.DefaultLeaderEventPublisher;
import org.springframework.integration.leader.event.OnGrantedEvent;
import org.springframework.integration.leader.event.OnRevokedEvent;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.event.LeadershipGrantedEvent;
import io.hacluster.event.LeadershipRevokedEvent;

import static org.assertj.core.api.Assertions.assertThat;

class SpringIntegrationLeadershipTests {

	private static final NodeIdentity IDENTITY = new NodeIdentity("convex", new NodeId("a"), "1");

	private final List<Object> events = new ArrayList<>();

	private final FixedLeadership leadership = new FixedLeadership();

	private final RecordingCandidate candidate = new RecordingCandidate("convex");

	private final RecordingCandidate stranger = new RecordingCandidate("other");

	private final SpringIntegrationLeadership bridge = new SpringIntegrationLeadership(IDENTITY, this.leadership,
			new DefaultLeaderEventPublisher((event) -> this.events.add(event)),
			List.of(new FailingCandidate("convex"), this.candidate, this.stranger));

	@Test
	void eventsAlternateWhateverIsTold() {
		this.bridge.revoked(revoked(1));
		this.bridge.granted(granted(1));
		this.bridge.granted(granted(1));
		this.bridge.revoked(revoked(1));
		this.bridge.revoked(revoked(1));
		this.bridge.granted(granted(2));
		assertThat(this.events).hasExactlyElementsOfTypes(OnGrantedEvent.class, OnRevokedEvent.class,
				OnGrantedEvent.class);
		assertThat(this.candidate.told).containsExactly("granted", "revoked", "granted");
	}

	@Test
	void roleIsTheNameOfTheClusterAndOthersAreLeftAlone() {
		this.bridge.granted(granted(1));
		this.bridge.revoked(revoked(1));
		assertThat(this.events).extracting("role").containsExactly("convex", "convex");
		assertThat(this.stranger.told).isEmpty();
	}

	@Test
	void contextWhenItsTermIsOverIsNoLongerThatOfALeader() {
		this.leadership.epoch = new Epoch(1);
		this.bridge.granted(granted(1));
		Context first = ((OnGrantedEvent) this.events.get(0)).getContext();
		assertThat(first.isLeader()).isTrue();
		assertThat(first.getRole()).isEqualTo("convex");
		this.leadership.epoch = new Epoch(2);
		assertThat(first.isLeader()).isFalse();
		first.yield();
		assertThat(this.leadership.stepDowns).isZero();
	}

	@Test
	void yieldStepsDown() {
		this.leadership.epoch = new Epoch(1);
		this.bridge.granted(granted(1));
		this.candidate.yieldLeadership();
		assertThat(this.leadership.stepDowns).isEqualTo(1);
	}

	private static LeadershipGrantedEvent granted(long epoch) {
		return new LeadershipGrantedEvent("convex", new NodeId("a"), new Epoch(epoch));
	}

	private static LeadershipRevokedEvent revoked(long epoch) {
		return new LeadershipRevokedEvent("convex", new NodeId("a"), new Epoch(epoch), "test");
	}

	private static final class RecordingCandidate extends DefaultCandidate {

		private final List<String> told = new ArrayList<>();

		RecordingCandidate(String role) {
			super("a", role);
		}

		@Override
		public void onGranted(Context context) {
			this.told.add("granted");
			super.onGranted(context);
		}

		@Override
		public void onRevoked(Context context) {
			this.told.add("revoked");
			super.onRevoked(context);
		}

	}

	/**
	 * Comes first, and must not keep anything from the others.
	 */
	private record FailingCandidate(String role) implements Candidate {

		@Override
		public String getRole() {
			return this.role;
		}

		@Override
		public String getId() {
			return "failing";
		}

		@Override
		public void onGranted(Context context) {
			throw new IllegalStateException("granted");
		}

		@Override
		public void onRevoked(Context context) {
			throw new IllegalStateException("revoked");
		}

	}

	private static final class FixedLeadership implements Leadership {

		private Epoch epoch = Epoch.NONE;

		private int stepDowns;

		@Override
		public NodeId nodeId() {
			return new NodeId("a");
		}

		@Override
		public boolean isLeader() {
			return true;
		}

		@Override
		public ClusterRole role() {
			return ClusterRole.LEADER;
		}

		@Override
		public Epoch epoch() {
			return this.epoch;
		}

		@Override
		public Optional<Leader> leader() {
			return Optional.empty();
		}

		@Override
		public boolean stepDown() {
			this.stepDowns++;
			return true;
		}

	}

}
