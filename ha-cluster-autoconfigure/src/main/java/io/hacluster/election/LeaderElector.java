package io.hacluster.election;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;

/**
 * Runs for the leadership of a cluster, holds it by renewing the lease, and knows who
 * else leads. One platform thread makes all calls to the store and does nothing else
 * (invariant I15); listeners are called on another. Thread-safe.
 */
public final class LeaderElector implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(LeaderElector.class);

	private final LeaseStore store;

	private final NodeIdentity identity;

	private final ElectionSettings settings;

	private final Candidate candidate;

	private final Ticker ticker;

	private final RandomGenerator random;

	private final List<ElectionListener> listeners = new ArrayList<>();

	private final BlockingQueue<Command> commands = new LinkedBlockingQueue<>();

	private final AtomicBoolean hinted = new AtomicBoolean();

	private @Nullable Running running;

	private boolean closed;

	private volatile @Nullable Term term;

	private volatile Optional<Lease> leader = Optional.empty();

	private volatile ElectionStatus status = ElectionStatus.NEW;

	/**
	 * Creates an elector that does nothing until it is started.
	 * @param store where the leases are; remains the caller's to close, after the elector
	 * @param identity this process
	 * @param settings the times
	 * @param candidate asked before the lease is taken
	 * @param ticker the monotonic clock of all decisions
	 * @param random jitters the retries
	 */
	public LeaderElector(LeaseStore store, NodeIdentity identity, ElectionSettings settings, Candidate candidate,
			Ticker ticker, RandomGenerator random) {
		this.store = store;
		this.identity = identity;
		this.settings = settings;
		this.candidate = candidate;
		this.ticker = ticker;
		this.random = random;
	}

	/**
	 * Adds a listener.
	 * @param listener the listener
	 * @throws IllegalStateException if the election has started: a listener must not miss
	 * what happened before it
	 */
	public synchronized void addListener(ElectionListener listener) {
		if (this.running != null || this.closed) {
			throw new IllegalStateException("Listeners must be added before the election starts");
		}
		this.listeners.add(listener);
	}

	/**
	 * Enters the race. Returns at once, also when the store cannot be reached: that is
	 * tried again until it can.
	 * @throws IllegalStateException if it was started or closed before
	 */
	public synchronized void start() {
		if (this.running != null || this.closed) {
			throw new IllegalStateException("An elector starts once");
		}
		ElectionEvents events = new ElectionEvents(this.identity, this.listeners, this::reconsider);
		Election election = new Election(this.identity, this.settings, new PatientCandidate(this.candidate, events),
				this.ticker, this.random, (event) -> publish(event, events));
		Thread thread = new Thread(() -> run(election), "ha-election-" + this.identity.cluster());
		thread.setDaemon(true);
		LeaseStore.Watch watch = this.store.watch(Election.LEADER_KEY, this::hint);
		this.running = new Running(thread, events, watch);
		events.start();
		thread.start();
	}

	/**
	 * Returns the lease that this process holds.
	 * @return the lease, empty as soon as it no longer holds
	 */
	public Optional<HeldLease> heldLease() {
		Term current = this.term;
		return (current != null && current.isValid()) ? Optional.of(current) : Optional.empty();
	}

	/**
	 * Returns the lease of the leader that this node knows of, which may be itself.
	 * @return the record, empty while nobody is known to lead
	 */
	public Optional<Lease> leader() {
		return this.leader;
	}

	/**
	 * Returns how the election goes.
	 * @return a snapshot
	 */
	public ElectionStatus status() {
		return this.status;
	}

	/**
	 * Gives a lease back, so that a successor need not wait: the last act of a step-down
	 * (invariant I4). The term is over before the store is told; only the record of this
	 * process and epoch is changed (invariant I9). Waits for the store, at most twice its
	 * timeout; after that it is tried in the background until the lease would have
	 * expired anyway. Call {@link #standAside} first, or this node may win again at once.
	 * @param epoch the epoch of the term to give back, which may have been lost before
	 * @return whether the store confirmed it in that time
	 */
	public boolean release(Epoch epoch) {
		CompletableFuture<Boolean> done = new CompletableFuture<>();
		this.commands.add((election, now) -> election.release(epoch, done, now));
		try {
			return done.get(this.settings.storeTimeout().multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException | ExecutionException ex) {
			return false;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Stays out of the race for a time, counted from now; does not end a term that is
	 * held. The longest of several times counts.
	 * @param duration how long
	 */
	public void standAside(Duration duration) {
		this.commands.add((election, now) -> election.standAside(now + duration.toNanos()));
	}

	/**
	 * Stays out of the race until told otherwise; does not end a term that is held. A
	 * time to {@link #standAside} counts besides.
	 * @param out whether to stay out
	 */
	public void stayOut(boolean out) {
		this.commands.add((election, now) -> election.stayOut(out));
	}

	/**
	 * Asks the candidate again at once, for when it has become eligible.
	 */
	public void reconsider() {
		this.commands.add((election, now) -> {
			// The next step asks
		});
	}

	private void hint() {
		if (this.hinted.compareAndSet(false, true)) {
			this.commands.add((election, now) -> {
				this.hinted.set(false);
				election.hint();
			});
		}
	}

	private void publish(ElectionEvent event, ElectionEvents events) {
		if (event instanceof ElectionEvent.Granted granted) {
			this.term = granted.term();
		}
		else if (event instanceof ElectionEvent.Lost) {
			this.term = null;
		}
		else if (event instanceof ElectionEvent.LeaderChanged changed) {
			this.leader = changed.lease();
		}
		events.publish(event);
	}

	private void run(Election election) {
		SleepDetector sleep = SleepDetector.ofMachine();
		try {
			while (!election.hasLeft(this.ticker.nanoTime())) {
				try {
					step(election, sleep);
				}
				catch (RuntimeException | Error ex) {
					logger.error("[{}] A step of the election failed", this.identity, ex);
					pause(this.settings.renewInterval().toNanos() / 8, election);
				}
				this.status = election.status();
			}
		}
		catch (InterruptedException ex) {
			logger.debug("[{}] The election ended before it could leave", this.identity);
		}
	}

	private void step(Election election, SleepDetector sleep) throws InterruptedException {
		for (Command command = this.commands.poll(); command != null; command = this.commands.poll()) {
			command.run(election, this.ticker.nanoTime());
		}
		election.slept(sleep.sinceLastCall());
		long now = this.ticker.nanoTime();
		Step step = election.next(now);
		if (step instanceof Step.Call call) {
			long sentAt = this.ticker.nanoTime();
			Outcome outcome = call.execute(this.store);
			election.completed(call, outcome, sentAt, this.ticker.nanoTime());
		}
		else if (step instanceof Step.Pause pause) {
			pause(pause.until() - now, election);
		}
	}

	private void pause(long nanos, Election election) throws InterruptedException {
		Command command = this.commands.poll(nanos, TimeUnit.NANOSECONDS);
		if (command != null) {
			command.run(election, this.ticker.nanoTime());
		}
	}

	/**
	 * Leaves the race and ends the threads. A lease that is held is not given back: its
	 * work may still be running, so successors wait until it has expired. The claim to
	 * the node's id is given back if the store answers.
	 */
	@Override
	public void close() {
		Running ended;
		synchronized (this) {
			ended = this.running;
			this.running = null;
			this.closed = true;
		}
		if (ended == null) {
			return;
		}
		ended.watch().close();
		Duration patience = this.settings.storeTimeout().multipliedBy(2);
		this.commands.add((election, now) -> election.leave(now + patience.toNanos()));
		try {
			ended.thread().join(patience.toMillis());
			if (ended.thread().isAlive()) {
				ended.thread().interrupt();
				ended.thread().join(patience.toMillis());
			}
		}
		catch (InterruptedException ex) {
			ended.thread().interrupt();
			Thread.currentThread().interrupt();
		}
		ended.events().close();
	}

	@FunctionalInterface
	private interface Command {

		void run(Election election, long now);

	}

	private record Running(Thread thread, ElectionEvents events, LeaseStore.Watch watch) {
	}

}
