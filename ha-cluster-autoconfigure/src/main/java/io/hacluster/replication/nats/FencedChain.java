package io.hacluster.replication.nats;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import org.jspecify.annotations.Nullable;

import io.hacluster.FencedException;
import io.hacluster.HaClusterException;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.replication.Fence;

/**
 * Publishes messages of which each one expects to follow the one before. At most a window
 * of them is unacknowledged; each acknowledgement must carry the sequence that was
 * foreseen, and the first error ends the chain for good. Thread-safe.
 */
final class FencedChain implements AutoCloseable {

	private static final Duration POLL = Duration.ofMillis(250);

	private static final long JOIN_MILLIS = 10_000;

	private static final int WAITERS = 10_000;

	private final Connection connection;

	private final FenceBurn.Sealed sealed;

	private final String fenceSubject;

	private final long timeoutNanos;

	private final Ticker ticker;

	private final Function<Exception, HaClusterException> explain;

	private final Semaphore window;

	private final String inbox;

	private final Subscription replies;

	private final Thread thread;

	private final Object lock = new Object();

	private final Map<Long, Pending> pending = new HashMap<>();

	private long sent;

	private long acknowledged;

	private volatile @Nullable HaClusterException failure;

	/**
	 * Begins a chain.
	 * @param explain says what an error means; may ask the server
	 */
	FencedChain(Connection connection, FenceBurn.Sealed sealed, String fenceSubject, NatsReplicaStoreSettings settings,
			Ticker ticker, String threadName, Function<Exception, HaClusterException> explain) {
		this.connection = connection;
		this.sealed = sealed;
		this.fenceSubject = fenceSubject;
		this.timeoutNanos = settings.appendTimeout().toNanos();
		this.ticker = ticker;
		this.explain = explain;
		this.window = new Semaphore(settings.window(), true);
		this.sent = sealed.fence().offset().value();
		this.acknowledged = this.sent;
		this.inbox = connection.createInbox() + ".";
		this.replies = connection.subscribe(this.inbox + "*");
		this.thread = new Thread(this::receive, threadName);
		this.thread.setDaemon(true);
		this.thread.start();
	}

	Fence fence() {
		return this.sealed.fence();
	}

	/**
	 * Publishes a message. Blocks while the window is full.
	 * @return the sequence of the message, complete only after all before it
	 */
	CompletableFuture<Long> send(String subject, Headers headers, byte[] data) {
		try {
			while (!this.window.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS)) {
				requireHealthy();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new StoreUnavailableException("Interrupted while waiting to append", ex);
		}
		Pending message = new Pending(new CompletableFuture<>(), this.ticker.nanoTime() + this.timeoutNanos);
		try {
			synchronized (this.lock) {
				requireHealthy();
				addConditions(headers, this.sent);
				this.sent++;
				this.pending.put(this.sent, message);
				this.connection.publish(NatsMessage.builder()
					.subject(subject)
					.replyTo(this.inbox + this.sent)
					.headers(headers)
					.data(data)
					.build());
			}
		}
		catch (IllegalStateException | IllegalArgumentException ex) {
			fail(new IOException("it cannot be sent to: " + ex.getMessage(), ex));
		}
		return message.future;
	}

	private void addConditions(Headers headers, long last) {
		headers.put(NatsHeaders.EXPECTED_LAST_SEQUENCE, Long.toString(last));
		headers.put(NatsHeaders.EPOCH, fence().epoch().toString());
		if (this.sealed.guarded()) {
			headers.put(NatsHeaders.EXPECTED_SUBJECT, this.fenceSubject);
			headers.put(NatsHeaders.EXPECTED_SUBJECT_SEQUENCE, Long.toString(fence().offset().value()));
		}
	}

	void requireHealthy() {
		HaClusterException reason = this.failure;
		if (reason instanceof FencedException) {
			throw new FencedException(String.valueOf(reason.getMessage()));
		}
		if (reason != null) {
			throw new StoreUnavailableException("The writer has failed before: " + reason.getMessage(), reason);
		}
	}

	private void receive() {
		try {
			while (this.failure == null) {
				Message reply = this.replies.nextMessage(POLL);
				if (reply != null) {
					acknowledge(reply);
				}
				else {
					requireProgress();
				}
			}
		}
		catch (IllegalStateException ex) {
			fail(new IOException("the connection was lost", ex));
		}
		catch (IOException | JetStreamApiException ex) {
			fail(ex);
		}
		catch (InterruptedException ex) {
			fail(new IOException("the writer was interrupted", ex));
		}
	}

	private void acknowledge(Message reply) throws IOException, JetStreamApiException {
		if (reply.isStatusMessage()) {
			throw new IOException("JetStream does not answer (" + reply.getStatus().getMessageWithCode() + ")");
		}
		long expected = Long.parseLong(reply.getSubject().substring(this.inbox.length()));
		long actual = new PublishAck(reply).getSeqno();
		if (actual != expected) {
			throw new IOException("a message was stored at " + actual + " instead of " + expected);
		}
		Map<Long, Pending> done = new HashMap<>();
		synchronized (this.lock) {
			Pending message = this.pending.get(expected);
			if (message == null || message.stored) {
				throw new IOException("message " + expected + " was acknowledged twice");
			}
			message.stored = true;
			this.window.release();
			Pending first = this.pending.get(this.acknowledged + 1);
			while (first != null && first.stored) {
				this.acknowledged++;
				this.pending.remove(this.acknowledged);
				done.put(this.acknowledged, first);
				first = this.pending.get(this.acknowledged + 1);
			}
		}
		done.forEach((sequence, message) -> message.future.complete(sequence));
		requireProgress();
	}

	private void requireProgress() throws IOException {
		if (this.connection.getStatus() != Connection.Status.CONNECTED) {
			throw new IOException("the connection was lost");
		}
		synchronized (this.lock) {
			Pending oldest = this.pending.get(this.acknowledged + 1);
			if (oldest != null && this.ticker.nanoTime() - oldest.deadline > 0) {
				throw new IOException(
						"no acknowledgement within " + TimeUnit.NANOSECONDS.toMillis(this.timeoutNanos) + " ms");
			}
		}
	}

	private void fail(Exception ex) {
		if (this.failure == null) {
			fail(this.explain.apply(ex));
		}
	}

	private void fail(HaClusterException reason) {
		List<Pending> lost;
		synchronized (this.lock) {
			if (this.failure == null) {
				this.failure = reason;
			}
			lost = new ArrayList<>(this.pending.values());
			this.pending.clear();
		}
		// whoever waits for a place finds out at once
		this.window.release(WAITERS);
		// what is queued in a closed connection is dropped, so nothing goes out later
		NatsConnections.close(this.connection);
		lost.forEach((message) -> message.future.completeExceptionally(reason));
	}

	@Override
	public void close() {
		fail(new StoreUnavailableException("The writer is closed", null));
		if (Thread.currentThread() != this.thread) {
			try {
				this.thread.join(JOIN_MILLIS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private static final class Pending {

		private final CompletableFuture<Long> future;

		private final long deadline;

		private boolean stored;

		Pending(CompletableFuture<Long> future, long deadline) {
			this.future = future;
			this.deadline = deadline;
		}

	}

}
