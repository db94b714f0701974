package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.backend.Backend;
import io.hacluster.backend.ExitAwareBackend;
import io.hacluster.election.ElectionListener;
import io.hacluster.election.HeldLease;
import io.hacluster.election.Lease;
import io.hacluster.event.DatabaseDivergedEvent;

/**
 * One life of a node, from start to stop: takes signals one by one, asks the state
 * machine what they mean, and begins or interrupts the sequences accordingly. None of
 * what it does on the signal thread can block.
 */
final class NodeLife implements ElectionListener {

	private static final Duration LEAST_PATIENCE = Duration.ofSeconds(2);

	private static final Logger logger = LoggerFactory.getLogger(ClusterLifecycle.class);

	private final NodeIdentity identity;

	private final LifecycleSettings settings;

	private final ClusterParts parts;

	private final NodeLeadership leadership;

	private final StatusBoard board;

	private final Lanes lanes;

	private final LeaseControl control;

	private final Candidacy candidacy;

	private final LeadershipEvents events;

	private final LeaderWatch watch;

	private final BackendLease backendLease;

	private final BackendSupervisor supervisor;

	private final RoleMachine machine = new RoleMachine();

	private final SignalLoop signals;

	private final Conductor conductor;

	private final Departure departure;

	private volatile @Nullable Term term;

	private volatile LifecycleState state = this.machine.state();

	NodeLife(NodeIdentity identity, LifecycleSettings settings, ClusterParts parts, NodeLeadership leadership,
			BackendSupervisor supervisor, StatusBoard board, Function<ElectionListener, LeaseControl> election,
			Consumer<Object> publisher, Ticker ticker) {
		this.identity = identity;
		this.settings = settings;
		this.parts = parts;
		this.leadership = leadership;
		this.board = board;
		this.supervisor = supervisor;
		this.lanes = Lanes.of(identity.cluster());
		this.control = election.apply(this);
		this.departure = new Departure(parts.replication(), this.lanes.replication(), settings.timeouts().replication(),
				board);
		this.candidacy = new Candidacy(this.control, this.lanes.lease(), board, settings.leaseDuration(),
				supervisor::coolingLeft);
		this.events = new LeadershipEvents(identity, publisher, leadership::leads);
		this.signals = new SignalLoop(identity, this::handle);
		this.backendLease = new BackendLease(identity, parts.backend(), settings);
		Backend backend = parts.backend();
		this.watch = new LeaderWatch(identity, parts, this.lanes, settings,
				(backend != null) ? new BackendProbe(identity, backend, supervisor,
						settings.supervision().healthTimeout(), this.lanes.health(), ticker, this::post) : null);
		this.conductor = conductor((backend != null) ? new DrivenBackend(backend, this.backendLease, supervisor) : null,
				ticker);
	}

	private Conductor conductor(@Nullable DrivenBackend backend, Ticker ticker) {
		return new Conductor(this.identity.cluster(), this.settings,
				new PromotionSequence(this.parts, this.settings.timeouts(), this.lanes, this.watch::keepVip, backend),
				() -> new StepDownSequence(this.parts, this.lanes, this.watch::dropVip, backend),
				(backend != null) ? new BackendRestart(this.settings, backend, this.supervisor, this.lanes.backend(),
						this.events, this.board, ticker, this::post) : null,
				this.candidacy, this.board, ticker, this::post);
	}

	void start() {
		if (this.parts.backend() instanceof ExitAwareBackend backend) {
			backend.onUnexpectedExit((detail) -> this.supervisor.exited(detail).ifPresent(this::post));
		}
		this.signals.start();
		this.conductor.settle();
	}

	/**
	 * Returns the state as others see it: never that of a leader without leadership.
	 */
	LifecycleState state() {
		return this.state;
	}

	Duration busy() {
		return this.signals.busy();
	}

	Optional<HeldLease> heldLease() {
		return this.control.heldLease();
	}

	void diverged(DatabaseDivergedEvent event) {
		this.events.diverged(event);
	}

	void post(Signal signal) {
		this.signals.post(signal);
	}

	@Override
	public void granted(HeldLease lease) {
		post(Signal.granted(lease));
	}

	@Override
	public void lost(Epoch epoch, String reason) {
		this.candidacy.withdraw();
		post(Signal.lost(epoch, reason));
	}

	@Override
	public void leaderChanged(Optional<Lease> lease) {
		if (this.leadership.leaderChanged(lease)) {
			this.events.leaderChanged(this.leadership.leader().orElse(null));
		}
	}

	/**
	 * Steps down, leaves the election, and ends all threads.
	 */
	void stop(Duration timeout) {
		this.departure.begin();
		this.candidacy.giveUp();
		this.conductor.giveUpSettling();
		post(Signal.current(Trigger.STEP_DOWN, "the node is being stopped"));
		if (!this.departure.awaitRest(timeout)) {
			this.board.failure("The node could not step down within " + timeout.toMillis()
					+ " ms of being stopped, and now does so in the urgent way");
			post(Signal.lost(null, "the node is being stopped and has no more time"));
			this.departure.awaitRest(this.settings.margin().plus(LEAST_PATIENCE));
		}
		boolean following = state() == LifecycleState.FOLLOWER;
		this.leadership.demoted();
		this.candidacy.end();
		if (following) {
			this.departure.stopFollowing();
		}
		this.conductor.close();
		this.signals.close();
		this.watch.close();
		this.backendLease.close();
		this.lanes.close();
		this.events.close(this.settings.timeouts().listeners());
		this.machine.close();
		this.leadership.leaderChanged(Optional.empty());
	}

	private void handle(Signal signal) {
		Term current = this.term;
		if (signal.trigger() == Trigger.GRANTED) {
			grant(signal);
		}
		else if (signal.epoch() != null && (current == null || !current.epoch().equals(signal.epoch()))) {
			logger.debug("[{}] {} is about another term", this.identity, signal);
		}
		else {
			if (current != null && signal.blamesNode()) {
				current.standAside();
			}
			if (signal.trigger() == Trigger.LOST && current != null) {
				// Before anything else: whatever runs is to end.
				current.lose(signal.reason());
			}
			advance(signal, current);
		}
		this.state = this.machine.state();
		if (state() == LifecycleState.FOLLOWER && !this.departure.hasBegun()) {
			this.candidacy.rejoin();
		}
		boolean settlingFailed = signal.trigger() == Trigger.FAILED && signal.epoch() == null;
		if (this.departure.hasBegun() && (state() == LifecycleState.FOLLOWER || settlingFailed)) {
			this.departure.atRest();
		}
	}

	private void grant(Signal signal) {
		HeldLease lease = signal.lease();
		if (lease == null) {
			return;
		}
		if (this.departure.hasBegun() || this.machine.fire(Trigger.GRANTED).isEmpty()) {
			logger.warn("[{}] The lease of epoch {} comes at the wrong time, and is given back", this.identity,
					lease.epoch());
			this.candidacy.refuse(lease.epoch());
			return;
		}
		Term next = new Term(lease);
		this.term = next;
		this.leadership.seen(lease.epoch());
		this.board.stateChanged(LifecycleState.FOLLOWER, LifecycleState.PROMOTING, lease.epoch(), signal.reason());
		this.conductor.promote(next);
	}

	private void advance(Signal signal, @Nullable Term current) {
		Optional<LifecycleState> accepted = this.machine.fire(signal.trigger());
		if (accepted.isEmpty()) {
			logger.debug("[{}] {} means nothing in {}", this.identity, signal, state());
			return;
		}
		LifecycleState from = accepted.get();
		LifecycleState to = this.machine.state();
		if (from == to) {
			if (current != null && signal.trigger() == Trigger.BACKEND_FAILED) {
				this.conductor.restart(current, signal.reason());
			}
			return;
		}
		this.board.stateChanged(from, to, (current != null) ? current.epoch() : Epoch.NONE, signal.reason());
		if (to != LifecycleState.LEADER) {
			// Listeners that are told of what follows must not see the state before.
			this.state = to;
		}
		if (to == LifecycleState.DEMOTING) {
			if (current != null) {
				current.becauseOf(TransitionCause.of(signal, this.departure.hasBegun()));
			}
			this.candidacy.withdraw();
			cool(signal, current);
			if (current == null || current.standsAside()) {
				this.candidacy.stayOut();
			}
		}
		if (to == LifecycleState.FOLLOWER) {
			this.term = null;
			if (!this.departure.hasBegun()) {
				this.candidacy.enter();
			}
		}
		else if (current != null && to == LifecycleState.LEADER) {
			lead(current);
		}
		else if (current != null && from == LifecycleState.LEADER) {
			demote(current, signal);
		}
		else if (current != null) {
			current.abort(signal.reason());
			this.conductor.unwind(current, signal.reason());
		}
	}

	private void cool(Signal signal, @Nullable Term current) {
		if (current == null || !signal.isOfBackend()) {
			return;
		}
		current.standAside();
		this.supervisor.cool();
		if (signal.trigger() == Trigger.FAILED) {
			this.supervisor.failedToStart(signal.reason());
			this.events.backendFailed(current.epoch(), signal.reason());
		}
		else if (signal.trigger() == Trigger.BACKEND_FAILED) {
			this.events.backendFailed(current.epoch(), "The backend " + signal.reason());
		}
	}

	private void lead(Term current) {
		this.leadership.promoted(current.lease());
		this.watch.watchBackend();
		this.events.granted(current.epoch());
	}

	private void demote(Term current, Signal signal) {
		current.abort(signal.reason());
		this.leadership.demoted();
		this.watch.stopWatchingBackend();
		CompletableFuture<Void> revoked = this.events.revoked(current.epoch(), signal.reason());
		if (signal.failure()) {
			this.board.failure("Stepped down: " + signal.reason());
		}
		this.watch.dropOverdueVip(current.lease());
		this.conductor.stepDown(current, signal.reason(), revoked);
	}

}
