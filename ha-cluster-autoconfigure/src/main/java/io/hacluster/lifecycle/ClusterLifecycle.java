package io.hacluster.lifecycle;

import java.time.Clock;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.springframework.context.ApplicationEventPublisher;

import io.hacluster.Leadership;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.election.ElectionListener;
import io.hacluster.election.HeldLease;
import io.hacluster.election.LeaderElector;
import io.hacluster.event.DatabaseDivergedEvent;

/**
 * The life of a node: it settles as a follower, takes part in the election, becomes
 * leader in nine steps and steps down in six. Thread-safe.
 */
public final class ClusterLifecycle {

	private final NodeIdentity identity;

	private final LifecycleSettings settings;

	private final ClusterParts parts;

	private final Function<ElectionListener, LeaseControl> election;

	private final Consumer<Object> publisher;

	private final Ticker ticker;

	private final StatusBoard board;

	private final NodeLeadership leadership;

	private final BackendSupervisor supervisor;

	private volatile @Nullable NodeLife life;

	/**
	 * Creates a lifecycle. Nothing happens before {@link #start()}.
	 * @param identity this node
	 * @param settings its times
	 * @param parts what the sequences drive
	 * @param electors makes a new elector, not yet started, whenever the node enters the
	 * election: after each start, and after a lease had to be left to run out
	 * @param publisher told the events of {@code io.hacluster.event}, on one thread
	 * @param observer told about steps and sequences
	 * @param clock for the times that are displayed
	 * @param paused whether an operator wants the cluster to do nothing by itself: a
	 * leader then leaves a backend that fails as it is. Must return at once
	 */
	public ClusterLifecycle(NodeIdentity identity, LifecycleSettings settings, ClusterParts parts,
			Supplier<LeaderElector> electors, ApplicationEventPublisher publisher, StepObserver observer, Clock clock,
			BooleanSupplier paused) {
		this(identity, settings, parts, (listener) -> new ElectorLeaseControl(electors, listener),
				publisher::publishEvent, observer, Ticker.SYSTEM, clock, paused);
	}

	ClusterLifecycle(NodeIdentity identity, LifecycleSettings settings, ClusterParts parts,
			Function<ElectionListener, LeaseControl> election, Consumer<Object> publisher, StepObserver observer,
			Ticker ticker, Clock clock, BooleanSupplier paused) {
		this.identity = identity;
		this.settings = settings;
		this.parts = parts;
		this.election = election;
		this.publisher = publisher;
		this.ticker = ticker;
		this.board = new StatusBoard(identity, observer, clock);
		this.supervisor = new BackendSupervisor(settings.supervision(), ticker, clock, paused);
		this.leadership = new NodeLeadership(identity.nodeId(), clock, () -> stepDown("asked to step down"));
	}

	/**
	 * Begins: puts the node into the follower's state, whatever it finds, then enters the
	 * election. Returns at once. Does nothing if already started; may be called again
	 * after {@link #stop}.
	 */
	public synchronized void start() {
		if (this.life == null) {
			NodeLife next = new NodeLife(this.identity, this.settings, this.parts, this.leadership, this.supervisor,
					this.board, this.election, this.publisher, this.ticker);
			this.life = next;
			next.start();
		}
	}

	/**
	 * Steps down in order if this node leads, leaves the election and ends all threads.
	 * Does nothing if not started.
	 * @param timeout how long a planned step-down may take; what is not done by then is
	 * done in the urgent way, within the margin
	 */
	public synchronized void stop(Duration timeout) {
		NodeLife current = this.life;
		if (current != null) {
			current.stop(timeout);
			this.life = null;
		}
	}

	/**
	 * Returns whether this has been started and not stopped.
	 * @return whether it runs
	 */
	public boolean isRunning() {
		return this.life != null;
	}

	/**
	 * To be called when the log has refused this leader: the lease counts as lost.
	 * Returns at once; does nothing on a node that does not lead.
	 * @param reason why, for people
	 */
	public void fenced(String reason) {
		NodeLife current = this.life;
		if (current != null) {
			current.post(Signal.lost(null, reason));
		}
	}

	/**
	 * To be called when the database of this node has been set aside: has the listeners
	 * told. Returns at once; does nothing on a node that is not started.
	 * @param event what to tell
	 */
	public void diverged(DatabaseDivergedEvent event) {
		NodeLife current = this.life;
		if (current != null) {
			current.diverged(event);
		}
	}

	/**
	 * Returns the leadership of this cluster as this node sees it.
	 * @return the same object at all times
	 */
	public Leadership leadership() {
		return this.leadership;
	}

	/**
	 * Returns how the node is. Never blocks.
	 * @return a snapshot
	 */
	public ClusterStatus status() {
		NodeLife current = this.life;
		LifecycleState state = (current != null) ? current.state() : LifecycleState.FOLLOWER;
		Duration remaining = (current != null) ? current.heldLease().map(HeldLease::remaining).orElse(null) : null;
		return new ClusterStatus(this.identity.nodeId(), this.leadership.role(), state, this.leadership.epoch(),
				this.leadership.leader(), remaining, this.board.currentStep(), this.board.lastTransition(),
				this.board.lastFailure(), (this.parts.backend() != null) ? this.supervisor.status() : null);
	}

	/**
	 * Returns for how long the thread that decides what this node does has been busy with
	 * one thing. It never waits for anybody, so that more than moments mean that the node
	 * no longer works.
	 * @return zero if it is idle or the node is not started
	 */
	public Duration busy() {
		NodeLife current = this.life;
		return (current != null) ? current.busy() : Duration.ZERO;
	}

	/**
	 * Steps down in order and stays out of the race for one lease duration. Returns at
	 * once; does nothing on a node that does not lead.
	 * @param reason why, for people
	 * @return whether a step-down has been set off
	 */
	public boolean stepDown(String reason) {
		NodeLife current = this.life;
		if (current == null || !this.leadership.isLeader()) {
			return false;
		}
		current.post(Signal.current(Trigger.STEP_DOWN, reason));
		return true;
	}

}
