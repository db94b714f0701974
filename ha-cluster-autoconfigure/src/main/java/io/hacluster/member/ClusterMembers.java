package io.hacluster.member;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;

/**
 * Lets a node be known to the others, and know them, for as long as it is started. One
 * platform thread of its own makes all calls to the store, so that nothing else waits for
 * one that is slow or away. Thread-safe.
 */
public final class ClusterMembers implements Members {

	private static final Logger logger = LoggerFactory.getLogger(ClusterMembers.class);

	private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

	private static final Duration LOOK_AGAIN = Duration.ofMillis(50);

	private static final Duration LEAVE_TIMEOUT = Duration.ofSeconds(3);

	/**
	 * More hints than this are one at everything.
	 */
	private static final int MAX_HINTS = StateStore.MAX_RECORDS;

	private final NodeIdentity identity;

	private final StateStore store;

	private final ControlRecords control;

	private final MemberDuty duty;

	private final List<Consumer<ClusterView>> listeners = new CopyOnWriteArrayList<>();

	private final Set<String> hints = ConcurrentHashMap.newKeySet();

	private final Semaphore wake = new Semaphore(0);

	private @Nullable Thread thread;

	private volatile AtomicBoolean stopping = new AtomicBoolean();

	private volatile boolean lookAgain;

	private @Nullable Object told;

	/**
	 * Creates the members. Nothing happens before {@link #start()}.
	 * @param identity this process
	 * @param store where the records are; remains the caller's to close, after this has
	 * been stopped
	 * @param source says how this node is; must return at once
	 * @param heartbeat how often the node says so at least; the renew interval of the
	 * election
	 * @param control what operators ask for
	 * @param history the terms
	 * @param ticker the monotonic clock of all decisions
	 * @param random spreads retries
	 */
	public ClusterMembers(NodeIdentity identity, StateStore store, Supplier<Member> source, Duration heartbeat,
			ControlRecords control, StoredTermHistory history, Ticker ticker, RandomGenerator random) {
		this.identity = identity;
		this.store = store;
		this.control = control;
		this.duty = new MemberDuty(identity, store, source, heartbeat, control, history, ticker, random);
	}

	/**
	 * Begins to publish and to read. Returns at once. Does nothing if already started;
	 * may be called again after {@link #stop}.
	 */
	public synchronized void start() {
		if (this.thread == null) {
			// One of its own for each thread: the one before may not have ended yet
			AtomicBoolean ended = new AtomicBoolean();
			this.stopping = ended;
			Thread started = new Thread(() -> run(ended), "ha-members-" + this.identity.cluster());
			started.setDaemon(true);
			started.start();
			this.thread = started;
		}
	}

	/**
	 * Says that this node has left, as far as the store takes that within a few seconds,
	 * and ends the thread. Does nothing if not started.
	 */
	public synchronized void stop() {
		Thread ending = this.thread;
		if (ending == null) {
			return;
		}
		this.thread = null;
		this.stopping.set(true);
		wake();
		try {
			ending.join(LEAVE_TIMEOUT.toMillis());
			if (ending.isAlive()) {
				ending.interrupt();
				ending.join(LEAVE_TIMEOUT.toMillis());
			}
		}
		catch (InterruptedException ex) {
			ending.interrupt();
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Has the node asked at once how it is, for when it has changed or is about to.
	 * Returns at once.
	 */
	public void wake() {
		this.lookAgain = true;
		this.wake.release();
	}

	@Override
	public ClusterView view() {
		return this.duty.view();
	}

	@Override
	public Subscription subscribe(Consumer<ClusterView> listener) {
		// Wrapped, since the same listener may be registered twice
		Consumer<ClusterView> registered = listener::accept;
		this.listeners.add(registered);
		return () -> this.listeners.remove(registered);
	}

	private void run(AtomicBoolean ended) {
		StateStore.Watch watch = null;
		try {
			while (!ended.get()) {
				long pause = AFTER_FAILURE.toNanos();
				try {
					watch = (watch != null) ? watch : watch();
					pause = this.duty.step(takeHints());
				}
				catch (RuntimeException ex) {
					logger.error("[{}] A look at the members failed", this.identity, ex);
				}
				tell();
				if (this.lookAgain) {
					// Whoever woke this thread may not have finished the change
					this.lookAgain = false;
					pause = Math.min(pause, LOOK_AGAIN.toNanos());
				}
				this.wake.tryAcquire(pause, TimeUnit.NANOSECONDS);
				this.wake.drainPermits();
			}
			if (ended == this.stopping) {
				this.duty.leave();
				tell();
			}
		}
		catch (InterruptedException ex) {
			logger.debug("[{}] The members ended before this node could leave", this.identity);
		}
		catch (RuntimeException ex) {
			logger.warn("[{}] This node could not say that it leaves", this.identity, ex);
		}
		finally {
			if (watch != null) {
				watch.close();
			}
		}
	}

	private StateStore.@Nullable Watch watch() {
		try {
			return this.store.watch(this::hint);
		}
		catch (StoreUnavailableException ex) {
			logger.debug("[{}] Cannot watch the records of the nodes: {}", this.identity, ex.getMessage());
			return null;
		}
	}

	private void hint(String key) {
		if (!key.equals(StateKeys.member(this.identity.nodeId())) && this.hints.size() < MAX_HINTS) {
			this.hints.add(key);
			if (this.hints.size() >= MAX_HINTS) {
				this.hints.add("");
			}
			this.wake.release();
		}
	}

	private Set<String> takeHints() {
		Set<String> taken = Set.copyOf(this.hints);
		this.hints.removeAll(taken);
		return taken;
	}

	/**
	 * Tells the listeners if there is something new. Ages are not: they change always.
	 */
	private void tell() {
		ClusterView view = this.duty.view();
		Object content = List.of(view.members().stream().map((seen) -> List.of(seen.member(), seen.alive())).toList(),
				String.valueOf(view.pause()), view.current(), this.control.latestRequest());
		if (content.equals(this.told)) {
			return;
		}
		this.told = content;
		for (Consumer<ClusterView> listener : this.listeners) {
			try {
				listener.accept(view);
			}
			catch (RuntimeException ex) {
				logger.warn("[{}] A listener to the members failed", this.identity, ex);
			}
		}
	}

}
