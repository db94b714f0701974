package io.hacluster.test;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.event.LeaderChangedEvent;
import io.hacluster.event.LeadershipGrantedEvent;
import io.hacluster.event.LeadershipRevokedEvent;

/**
 * Leadership that a test grants and revokes. The listeners of the application have been
 * called when a method returns, on the thread of the test; apart from that they see what
 * they see of a real cluster:
 * <ul>
 * <li>{@link #isLeader()} is true when the first listener of a grant is called, and false
 * when the first one of a revocation is;</li>
 * <li>grants and revocations alternate strictly, each grant has a greater epoch than any
 * before it, and a step-down that a listener asks for takes place when all listeners have
 * been told of the grant;</li>
 * <li>the others are told of the leader before it is granted, and that there is none
 * after it has been revoked.</li>
 * </ul>
 * Thread-safe; {@link #isLeader()} never blocks.
 */
public final class TestLeadership implements Leadership {

	private final NodeIdentity identity;

	private final ApplicationEventPublisher publisher;

	private final Clock clock;

	private final Deque<Object> pending = new ArrayDeque<>();

	private boolean publishing;

	private volatile Epoch epoch = Epoch.NONE;

	private volatile boolean leading;

	private volatile @Nullable Leader leader;

	/**
	 * Creates a leadership of a node that follows.
	 * @param identity the node
	 * @param publisher publishes the events
	 * @param clock what the time is at which a leader is first seen
	 */
	public TestLeadership(NodeIdentity identity, ApplicationEventPublisher publisher, Clock clock) {
		this.identity = identity;
		this.publisher = publisher;
		this.clock = clock;
	}

	/**
	 * Lets this node lead in a new epoch. Does nothing if it leads.
	 */
	public synchronized void grant() {
		if (this.leading) {
			return;
		}
		lead(this.identity.nodeId());
		this.leading = true;
		publish(new LeadershipGrantedEvent(this.identity.cluster(), nodeId(), this.epoch));
	}

	/**
	 * Ends the leadership of this node; nobody leads then. Does nothing if it does not
	 * lead.
	 */
	public void revoke() {
		revoke("the test revokes it");
	}

	/**
	 * Ends the leadership of this node; nobody leads then. Does nothing if it does not
	 * lead.
	 * @param reason what the listeners are told
	 */
	public synchronized void revoke(String reason) {
		if (!this.leading) {
			return;
		}
		this.leading = false;
		publish(new LeadershipRevokedEvent(this.identity.cluster(), nodeId(), this.epoch, reason));
		changeLeader(null);
	}

	/**
	 * Lets another node lead in a new epoch. Ends the leadership of this node before.
	 * @param nodeId the other node
	 * @throws IllegalArgumentException if that is this node
	 */
	public synchronized void grantOther(String nodeId) {
		NodeId other = new NodeId(nodeId);
		if (other.equals(nodeId())) {
			throw new IllegalArgumentException("'nodeId' must not be that of this node, '" + nodeId + "'");
		}
		revoke("another node leads");
		lead(other);
	}

	/**
	 * Lets this node follow, and nobody lead.
	 */
	public synchronized void reset() {
		revoke();
		changeLeader(null);
	}

	@Override
	public NodeId nodeId() {
		return this.identity.nodeId();
	}

	@Override
	public boolean isLeader() {
		return this.leading;
	}

	@Override
	public ClusterRole role() {
		return this.leading ? ClusterRole.LEADER : ClusterRole.FOLLOWER;
	}

	@Override
	public Epoch epoch() {
		return this.epoch;
	}

	@Override
	public Optional<Leader> leader() {
		return Optional.ofNullable(this.leader);
	}

	@Override
	public synchronized boolean stepDown() {
		boolean led = this.leading;
		revoke("stepDown() has been called");
		return led;
	}

	private void lead(NodeId nodeId) {
		this.epoch = new Epoch(this.epoch.value() + 1);
		changeLeader(new Leader(nodeId, this.epoch, this.clock.instant()));
	}

	private void changeLeader(@Nullable Leader leader) {
		if (!Objects.equals(this.leader, leader)) {
			this.leader = leader;
			publish(new LeaderChangedEvent(this.identity.cluster(), nodeId(), leader));
		}
	}

	/**
	 * What a listener causes is told after what it is being told.
	 */
	private void publish(Object event) {
		this.pending.addLast(event);
		if (this.publishing) {
			return;
		}
		this.publishing = true;
		try {
			for (Object next = this.pending.pollFirst(); next != null; next = this.pending.pollFirst()) {
				this.publisher.publishEvent(next);
			}
		}
		finally {
			this.publishing = false;
		}
	}

}
