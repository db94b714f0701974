package io.hacluster.operation;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.member.ControlRecords;
import io.hacluster.member.LeadershipRequest;
import io.hacluster.member.Members;
import io.hacluster.member.StateConflictException;
import io.hacluster.member.Stored;

/**
 * The request that somebody has to do something about. One that nobody has finished is
 * void some time after this node has first seen it, or seen it accepted. Has one thread
 * for what follows from a request, which may wait for the store. Thread-safe.
 */
public final class RequestWatch implements AutoCloseable {

	/**
	 * How long a request holds, by the clock of whoever sees it.
	 */
	static final Duration VALIDITY = Duration.ofMinutes(10);

	private static final long JOIN_SECONDS = 5;

	private static final Logger logger = LoggerFactory.getLogger(RequestWatch.class);

	private final NodeIdentity identity;

	private final ControlRecords records;

	private final Ticker ticker;

	private @Nullable Sighting sighting;

	private @Nullable Running running;

	/**
	 * Creates a watch that does nothing before it is started.
	 * @param identity this node
	 * @param records where the request is
	 * @param ticker the monotonic clock
	 */
	public RequestWatch(NodeIdentity identity, ControlRecords records, Ticker ticker) {
		this.identity = identity;
		this.records = records;
		this.ticker = ticker;
	}

	/**
	 * Begins to call back.
	 * @param members tells of changes
	 * @param interval how often to call besides
	 * @param task called on the thread of this object after each change
	 */
	synchronized void start(Members members, Duration interval, Runnable task) {
		if (this.running != null) {
			return;
		}
		ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, (run) -> {
			Thread thread = new Thread(run, "ha-operations-" + this.identity.cluster());
			thread.setDaemon(true);
			return thread;
		});
		Runnable guarded = () -> run(task);
		executor.scheduleWithFixedDelay(guarded, 0, interval.toNanos(), TimeUnit.NANOSECONDS);
		this.running = new Running(executor, members.subscribe((view) -> submit(executor, guarded)));
	}

	private static void submit(ScheduledThreadPoolExecutor executor, Runnable task) {
		try {
			// What waits already will see the change as well
			if (executor.getQueue().size() < 2) {
				executor.execute(task);
			}
		}
		catch (RejectedExecutionException ex) {
			logger.trace("A change comes after the end", ex);
		}
	}

	private void run(Runnable task) {
		try {
			open();
			task.run();
			putAwayStale();
		}
		catch (StoreUnavailableException | StateConflictException ex) {
			logger.debug("[{}] What is asked for is looked at again: {}", this.identity, ex.getMessage());
		}
		catch (RuntimeException ex) {
			logger.warn("[{}] What is asked for cannot be dealt with now", this.identity, ex);
		}
	}

	/**
	 * Puts away what nobody has finished and nobody will, so that it is in nobody's way
	 * and does not begin to hold again for a process that starts later.
	 */
	void putAwayStale() {
		this.records.latestRequest()
			.filter((stored) -> stored.value().isOpen() && !holds(stored.value()))
			.ifPresent((stored) -> this.records.replace(stored,
					stored.value().in(LeadershipRequest.State.FAILED, "Nobody has finished it")));
	}

	/**
	 * Returns whether a request may be from long before this process.
	 */
	boolean isFound(LeadershipRequest request) {
		return this.records.isFound(request);
	}

	/**
	 * Returns the request that is still to be dealt with. Never blocks.
	 */
	Optional<LeadershipRequest> open() {
		return this.records.latestRequest().map(Stored::value).filter(this::holds);
	}

	/**
	 * Returns whether a request is still to be dealt with.
	 */
	synchronized boolean holds(LeadershipRequest request) {
		if (!request.isOpen()) {
			return false;
		}
		Sighting before = this.sighting;
		if (before == null || !before.id.equals(request.id()) || before.state != request.state()) {
			this.sighting = new Sighting(request.id(), request.state(), this.ticker.nanoTime());
			return true;
		}
		return this.ticker.nanoTime() - before.at < VALIDITY.toNanos();
	}

	@Override
	public void close() {
		Running ended;
		synchronized (this) {
			ended = this.running;
			this.running = null;
		}
		if (ended == null) {
			return;
		}
		ended.subscription.close();
		ended.executor.shutdownNow();
		try {
			if (!ended.executor.awaitTermination(JOIN_SECONDS, TimeUnit.SECONDS)) {
				logger.warn("[{}] A request is still being dealt with", this.identity);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private record Sighting(String id, LeadershipRequest.State state, long at) {
	}

	private record Running(ScheduledThreadPoolExecutor executor, Members.Subscription subscription) {
	}

}
