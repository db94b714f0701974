package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.Leadership.Leader;
import io.hacluster.NodeIdentity;
import io.hacluster.event.BackendFailedEvent;
import io.hacluster.event.BackendRestartedEvent;
import io.hacluster.event.DatabaseDivergedEvent;
import io.hacluster.event.LeaderChangedEvent;
import io.hacluster.event.LeadershipGrantedEvent;
import io.hacluster.event.LeadershipRevokedEvent;

/**
 * Publishes events on a thread of its own, so that listeners may be slow or throw
 * (invariant I14). Granted and revoked alternate strictly: a term that ends before its
 * granted event was delivered, because the listeners of an earlier event are still at
 * work, gets neither event.
 */
final class LeadershipEvents implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(ClusterLifecycle.class);

	private final NodeIdentity identity;

	private final Consumer<Object> publisher;

	private final Predicate<Epoch> leads;

	private final Lane lane;

	private final Deque<Pending> pending = new ArrayDeque<>();

	private @Nullable Epoch granted;

	LeadershipEvents(NodeIdentity identity, Consumer<Object> publisher, Predicate<Epoch> leads) {
		this.identity = identity;
		this.publisher = publisher;
		this.leads = leads;
		this.lane = new Lane("ha-events-" + identity.cluster());
	}

	void granted(Epoch epoch) {
		add(new Pending(new LeadershipGrantedEvent(this.identity.cluster(), this.identity.nodeId(), epoch)));
	}

	/**
	 * Ends the term of an epoch for the listeners.
	 * @return completed when they have been told, or need not be
	 */
	CompletableFuture<Void> revoked(Epoch epoch, String reason) {
		Pending revoked = new Pending(
				new LeadershipRevokedEvent(this.identity.cluster(), this.identity.nodeId(), epoch, reason));
		synchronized (this.pending) {
			boolean undelivered = this.pending
				.removeIf((it) -> it.event() instanceof LeadershipGrantedEvent event && event.epoch().equals(epoch));
			if (undelivered) {
				revoked.delivered().complete(null);
				return revoked.delivered();
			}
		}
		add(revoked);
		return revoked.delivered();
	}

	void leaderChanged(@Nullable Leader leader) {
		synchronized (this.pending) {
			this.pending.removeIf((it) -> it.event() instanceof LeaderChangedEvent);
		}
		add(new Pending(new LeaderChangedEvent(this.identity.cluster(), this.identity.nodeId(), leader)));
	}

	void backendFailed(Epoch epoch, String reason) {
		add(new Pending(new BackendFailedEvent(this.identity.cluster(), this.identity.nodeId(), epoch, reason)));
	}

	void backendRestarted(Epoch epoch, int restarts) {
		add(new Pending(new BackendRestartedEvent(this.identity.cluster(), this.identity.nodeId(), epoch, restarts)));
	}

	void diverged(DatabaseDivergedEvent event) {
		add(new Pending(event));
	}

	/**
	 * Delivers what is pending, if the listeners are done in time, and ends the thread.
	 */
	void close(Duration timeout) {
		this.lane.close(timeout);
	}

	@Override
	public void close() {
		close(Duration.ZERO);
	}

	private void add(Pending event) {
		synchronized (this.pending) {
			this.pending.addLast(event);
		}
		this.lane.submit(this::deliverNext);
	}

	private void deliverNext() {
		Pending next;
		synchronized (this.pending) {
			next = this.pending.pollFirst();
		}
		if (next == null) {
			return;
		}
		try {
			if (isDue(next.event())) {
				this.publisher.accept(next.event());
			}
		}
		catch (Exception | Error ex) {
			logger.error("[{}] A listener of {} failed", this.identity, next.event(), ex);
		}
		finally {
			next.delivered().complete(null);
		}
	}

	/**
	 * Keeps the alternation; runs on the one thread that delivers.
	 */
	private boolean isDue(Object event) {
		if (event instanceof LeadershipGrantedEvent it) {
			if (!this.leads.test(it.epoch())) {
				return false;
			}
			this.granted = it.epoch();
		}
		else if (event instanceof LeadershipRevokedEvent it) {
			if (!it.epoch().equals(this.granted)) {
				return false;
			}
			this.granted = null;
		}
		return true;
	}

	private record Pending(Object event, CompletableFuture<Void> delivered) {

		Pending(Object event) {
			this(event, new CompletableFuture<>());
		}

	}

}
