package io.hacluster.replication.nats;

import java.io.IOException;
import java.time.Duration;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.impl.NatsJetStreamMetaData;
import io.nats.client.support.Status;
import org.jspecify.annotations.Nullable;

import io.hacluster.Ticker;

/**
 * A push consumer that delivers messages in order and without gaps, or says that it
 * cannot. Made by hand, since it must notice within 1.5 s that the server has gone: the
 * server beats every 500 ms while it has nothing to send. Messages that were purged leave
 * holes in the stream's sequences, so gaps are recognised by the consumer's sequences,
 * which have none. Flow control is answered when all before it has been taken, so that
 * the server waits for a slow reader. Not thread-safe.
 */
final class OrderedFeed implements AutoCloseable {

	private static final Duration HEARTBEAT = Duration.ofMillis(500);

	private static final Duration ALARM = Duration.ofMillis(1500);

	private static final Duration INACTIVE_THRESHOLD = Duration.ofSeconds(10);

	private static final Duration POLL = Duration.ofMillis(250);

	private static final String LAST_CONSUMER_SEQUENCE = "Nats-Last-Consumer";

	private static final String LAST_STREAM_SEQUENCE = "Nats-Last-Stream";

	private static final String STALLED = "Nats-Consumer-Stalled";

	private final BucketReader reader;

	private final Connection connection;

	private final Ticker ticker;

	private final Subscription subscription;

	private final String consumer;

	private final long initiallyPending;

	private long consumerSequence;

	private long streamSequence;

	private long lastHeard;

	private boolean idle;

	private OrderedFeed(BucketReader reader, Ticker ticker, ConsumerConfiguration.Builder configuration)
			throws IOException, JetStreamApiException {
		this.reader = reader;
		this.connection = reader.connection();
		this.ticker = ticker;
		String inbox = this.connection.createInbox();
		this.subscription = this.connection.subscribe(inbox);
		this.subscription.setPendingLimits(-1, -1);
		try {
			ConsumerInfo info = reader.management()
				.createConsumer(reader.bucket().stream(),
						configuration.deliverSubject(inbox)
							.ackPolicy(AckPolicy.None)
							.maxDeliver(1)
							.flowControl(HEARTBEAT)
							.inactiveThreshold(INACTIVE_THRESHOLD)
							.memStorage(true)
							.numReplicas(1)
							.build());
			this.consumer = info.getName();
			this.initiallyPending = info.getNumPending() + info.getDelivered().getConsumerSequence();
		}
		catch (IOException ex) {
			unsubscribe();
			throw new IOException(ex.getMessage() + reader.lastError(), ex);
		}
		catch (JetStreamApiException | RuntimeException ex) {
			unsubscribe();
			throw ex;
		}
		this.lastHeard = ticker.nanoTime();
	}

	/**
	 * Feeds the whole stream. Without a filter: with one that matches everything, server
	 * 2.9.10 skips messages while others are being written.
	 */
	static OrderedFeed everything(BucketReader reader, Ticker ticker, long sequence)
			throws IOException, JetStreamApiException {
		return new OrderedFeed(reader, ticker,
				ConsumerConfiguration.builder()
					.deliverPolicy(DeliverPolicy.ByStartSequence)
					.startSequence(Math.max(1, sequence)));
	}

	static OrderedFeed from(BucketReader reader, Ticker ticker, String subject, long sequence)
			throws IOException, JetStreamApiException {
		return new OrderedFeed(reader, ticker,
				ConsumerConfiguration.builder()
					.filterSubject(subject)
					.deliverPolicy(DeliverPolicy.ByStartSequence)
					.startSequence(Math.max(1, sequence)));
	}

	static OrderedFeed lastOfEach(BucketReader reader, Ticker ticker, String subject)
			throws IOException, JetStreamApiException {
		return new OrderedFeed(reader, ticker,
				ConsumerConfiguration.builder().filterSubject(subject).deliverPolicy(DeliverPolicy.LastPerSubject));
	}

	/**
	 * Returns how many messages there were to deliver when the feed began.
	 */
	long initiallyPending() {
		return this.initiallyPending;
	}

	/**
	 * Whether the server had nothing more to send when it was last heard.
	 */
	boolean isIdle() {
		return this.idle;
	}

	/**
	 * Returns the stream sequence of the last message.
	 */
	long streamSequence() {
		return this.streamSequence;
	}

	/**
	 * Takes the next message.
	 * @return the message, or null if none came for a short while
	 * @throws IOException if the feed is at its end: a gap, or the server is not heard
	 */
	@Nullable Message next() throws IOException, InterruptedException {
		Message message;
		try {
			message = this.subscription.nextMessage(POLL);
		}
		catch (IllegalStateException ex) {
			throw new IOException("The connection to NATS was lost", ex);
		}
		if (message == null) {
			requireHeard();
			return null;
		}
		this.lastHeard = this.ticker.nanoTime();
		if (message.isStatusMessage()) {
			control(message, message.getStatus());
			return null;
		}
		if (!message.isJetStream()) {
			return null;
		}
		NatsJetStreamMetaData data = message.metaData();
		if (data.consumerSequence() != this.consumerSequence + 1) {
			throw new IOException(
					"The consumer skipped from message " + this.consumerSequence + " to " + data.consumerSequence());
		}
		this.consumerSequence = data.consumerSequence();
		this.streamSequence = data.streamSequence();
		this.idle = data.pendingCount() == 0;
		return message;
	}

	private void requireHeard() throws IOException {
		if (this.connection.getStatus() != Connection.Status.CONNECTED) {
			throw new IOException("The connection to NATS was lost");
		}
		if (this.ticker.nanoTime() - this.lastHeard > ALARM.toNanos()) {
			throw new IOException("NATS has not been heard for " + ALARM.toMillis() + " ms");
		}
	}

	private void control(Message message, Status status) throws IOException {
		if (status.isFlowControl()) {
			answer(message.getReplyTo());
		}
		else if (status.isHeartbeat()) {
			if (NatsHeaders.number(message.getHeaders(), LAST_CONSUMER_SEQUENCE, 0) != this.consumerSequence) {
				throw new FeedGapException("The consumer lost messages after " + this.consumerSequence);
			}
			this.streamSequence = Math.max(this.streamSequence,
					NatsHeaders.number(message.getHeaders(), LAST_STREAM_SEQUENCE, 0));
			String stalled = (message.getHeaders() != null) ? message.getHeaders().getLast(STALLED) : null;
			answer(stalled);
			this.idle = stalled == null;
		}
		else {
			throw new IOException("The consumer ended: " + status.getMessageWithCode());
		}
	}

	private void answer(@Nullable String subject) throws IOException {
		if (subject != null) {
			try {
				this.connection.publish(subject, new byte[0]);
			}
			catch (IllegalStateException ex) {
				throw new IOException("The connection to NATS was lost", ex);
			}
		}
	}

	private void unsubscribe() {
		try {
			if (this.subscription.isActive()) {
				this.subscription.unsubscribe();
			}
		}
		catch (IllegalStateException ex) {
			// the connection is closed, and the subscription with it
		}
	}

	/**
	 * Ends the feed. The consumer is left to the server, which removes it when nobody has
	 * listened for a while, if it cannot be deleted at once.
	 */
	@Override
	public void close() {
		unsubscribe();
		if (this.connection.getStatus() == Connection.Status.CONNECTED) {
			this.connection.publish("$JS.API.CONSUMER.DELETE." + this.reader.bucket().stream() + "." + this.consumer,
					new byte[0]);
		}
	}

}
