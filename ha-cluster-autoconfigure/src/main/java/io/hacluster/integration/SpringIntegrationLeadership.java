package io.hacluster.integration;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.integration.leader.Candidate;
import org.springframework.integration.leader.Context;
import org.springframework.integration.leader.event.LeaderEventPublisher;

import io.hacluster.Epoch;
import io.hacluster.Leadership;
import io.hacluster.NodeIdentity;
import io.hacluster.event.LeadershipGrantedEvent;
import io.hacluster.event.LeadershipRevokedEvent;
import io.hacluster.event.OnLeadership;
import io.hacluster.event.OnLeadershipLost;

/**
 * Tells Spring Integration of the leadership of this node, under a role that has the name
 * of the cluster. Its {@code SmartLifecycleRoleController} then starts and stops what
 * bears that role, and each {@link Candidate} of the role is told.
 * <p>
 * Granted and revoked alternate strictly. All is called on the thread of the leadership
 * events, so nothing that is called may wait for the end of the term: what a step-down
 * waits for is bounded, and what comes later would be delivered too late. The methods may
 * be called by any thread.
 */
public final class SpringIntegrationLeadership {

	private static final Logger logger = LoggerFactory.getLogger(SpringIntegrationLeadership.class);

	private final NodeIdentity identity;

	private final Leadership leadership;

	private final LeaderEventPublisher publisher;

	private final List<Candidate> candidates;

	private @Nullable TermContext term;

	/**
	 * Creates the bridge.
	 * @param identity this node; its cluster is the role
	 * @param leadership the leadership of this node
	 * @param publisher publishes the events of Spring Integration
	 * @param candidates those to be told; the ones of other roles are left alone
	 */
	public SpringIntegrationLeadership(NodeIdentity identity, Leadership leadership, LeaderEventPublisher publisher,
			List<Candidate> candidates) {
		this.identity = identity;
		this.leadership = leadership;
		this.publisher = publisher;
		this.candidates = candidates.stream().filter((it) -> identity.cluster().equals(it.getRole())).toList();
	}

	/**
	 * Tells that a term has begun. After the listeners of the application, so that what
	 * they prepare is there when messages begin to flow.
	 * @param event what has happened
	 */
	@OnLeadership
	@Order(Ordered.LOWEST_PRECEDENCE)
	public synchronized void granted(LeadershipGrantedEvent event) {
		if (this.term != null) {
			return;
		}
		TermContext begun = new TermContext(this.leadership, event.epoch(), this.identity.cluster());
		this.term = begun;
		tell(() -> this.publisher.publishOnGranted(this, begun, begun.getRole()));
		for (Candidate candidate : this.candidates) {
			tell(() -> grant(candidate, begun));
		}
	}

	/**
	 * Tells that the term has ended. Before the listeners of the application, so that
	 * messages have ceased to flow when they clear away.
	 * @param event what has happened
	 */
	@OnLeadershipLost
	@Order(Ordered.HIGHEST_PRECEDENCE)
	public synchronized void revoked(LeadershipRevokedEvent event) {
		TermContext ended = this.term;
		if (ended == null || !ended.epoch().equals(event.epoch())) {
			return;
		}
		this.term = null;
		for (Candidate candidate : this.candidates) {
			tell(() -> candidate.onRevoked(ended));
		}
		tell(() -> this.publisher.publishOnRevoked(this, ended, ended.getRole()));
	}

	private static void grant(Candidate candidate, TermContext term) {
		try {
			candidate.onGranted(term);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * One that throws keeps nothing from the others.
	 */
	private void tell(Runnable call) {
		try {
			call.run();
		}
		catch (RuntimeException ex) {
			logger.error("[{}] A listener of Spring Integration failed", this.identity, ex);
		}
	}

	/**
	 * One term, which stays over once it is over.
	 */
	private record TermContext(Leadership leadership, Epoch epoch, String role) implements Context {

		@Override
		public boolean isLeader() {
			return this.leadership.isLeader() && this.leadership.epoch().equals(this.epoch);
		}

		@Override
		public void yield() {
			if (isLeader()) {
				this.leadership.stepDown();
			}
		}

		@Override
		public String getRole() {
			return this.role;
		}

		@Override
		public String toString() {
			return "epoch " + this.epoch + " of '" + this.role + "'";
		}

	}

}
