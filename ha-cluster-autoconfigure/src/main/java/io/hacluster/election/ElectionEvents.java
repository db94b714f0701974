package io.hacluster.election;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * Tells the listeners, one at a time and in order, on a thread that nothing else waits
 * for (invariants I14 and I15). The thread also watches the deadline of the term that it
 * has told about, so that the end of a lease is told in time even while the renewal
 * thread waits for a store that does not answer.
 */
final class ElectionEvents implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ElectionEvents.class);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private final NodeIdentity identity;

	private final List<ElectionListener> listeners;

	private final BlockingQueue<ElectionEvent> queue = new LinkedBlockingQueue<>();

	private final AtomicInteger undeliveredLosses = new AtomicInteger();

	private final Runnable delivered;

	private final Thread thread;

	private volatile boolean closed;

	private @Nullable Term current;

	/**
	 * Creates the dispatcher.
	 * @param identity this process
	 * @param listeners whom to tell
	 * @param delivered called after a loss has been told to all
	 */
	ElectionEvents(NodeIdentity identity, List<ElectionListener> listeners, Runnable delivered) {
		this.identity = identity;
		this.listeners = List.copyOf(listeners);
		this.delivered = delivered;
		this.thread = new Thread(this::run, "ha-election-events-" + identity.cluster());
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	void publish(ElectionEvent event) {
		if (event instanceof ElectionEvent.Lost) {
			this.undeliveredLosses.incrementAndGet();
		}
		this.queue.add(event);
	}

	/**
	 * Returns whether the listeners have been told of all losses. Until then no new term
	 * may begin: they would not yet know that the last one is over.
	 */
	boolean areLossesDelivered() {
		return this.undeliveredLosses.get() == 0;
	}

	private void run() {
		try {
			while (!this.closed || !this.queue.isEmpty()) {
				ElectionEvent event = take();
				if (event != null) {
					deliver(event);
				}
				if (event instanceof ElectionEvent.Lost && this.undeliveredLosses.decrementAndGet() == 0) {
					this.delivered.run();
				}
			}
		}
		catch (InterruptedException ex) {
			logger.debug("[{}] No more events of the election are told", this.identity);
		}
	}

	private @Nullable ElectionEvent take() throws InterruptedException {
		Term watched = this.current;
		if (watched == null) {
			return this.queue.poll(1, TimeUnit.SECONDS);
		}
		ElectionEvent event = this.queue.poll(Math.min(watched.remainingNanos(), TimeUnit.SECONDS.toNanos(1)),
				TimeUnit.NANOSECONDS);
		if (event == null && !watched.isValid()) {
			if (watched.conclude()) {
				return new ElectionEvent.Expired(watched);
			}
			this.current = null;
		}
		return event;
	}

	private void deliver(ElectionEvent event) {
		if (event instanceof ElectionEvent.Granted granted) {
			// A grant that has expired before anybody heard of it is no grant
			if (granted.term().isValid()) {
				this.current = granted.term();
				logger.info("[{}] Won the lease in epoch {}", this.identity, granted.term().epoch());
				tell((listener) -> listener.granted(granted.term()));
			}
		}
		else if (event instanceof ElectionEvent.Lost lost) {
			if (lost.term().conclude()) {
				lost(lost.term(), lost.reason());
			}
		}
		else if (event instanceof ElectionEvent.Expired expired) {
			lost(expired.term(), "it was not renewed before its deadline");
		}
		else if (event instanceof ElectionEvent.LeaderChanged changed) {
			Optional<Lease> lease = changed.lease();
			logger.info("[{}] {}", this.identity,
					lease.map((leader) -> "The leader is " + leader.holder() + " in epoch " + leader.epoch())
						.orElse("No leader is known"));
			tell((listener) -> listener.leaderChanged(lease));
		}
	}

	private void lost(Term term, String reason) {
		if (this.current == term) {
			this.current = null;
			logger.warn("[{}] Lost the lease of epoch {}: {}", this.identity, term.epoch(), reason);
			tell((listener) -> listener.lost(term.epoch(), reason));
		}
	}

	private void tell(Consumer<ElectionListener> notification) {
		for (ElectionListener listener : this.listeners) {
			try {
				notification.accept(listener);
			}
			catch (RuntimeException | Error ex) {
				logger.error("[{}] A listener of the election failed", this.identity, ex);
			}
		}
	}

	@Override
	public void close() {
		this.closed = true;
		if (Thread.currentThread() == this.thread) {
			return;
		}
		publish(new ElectionEvent.Closing());
		try {
			this.thread.join(CLOSE_TIMEOUT.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
