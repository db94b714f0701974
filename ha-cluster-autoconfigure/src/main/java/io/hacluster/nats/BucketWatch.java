package io.hacluster.nats;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.DeliverPolicy;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValueUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;

/**
 * Hints at changed keys from one push consumer over a whole bucket. When three heartbeats
 * of the server are missing, the consumer is made anew and every key counts as changed.
 * The client library's own watch can stay blind for half a minute after a server crash.
 * Thread-safe.
 */
public final class BucketWatch implements AutoCloseable {

	/**
	 * The hint that every key may have changed.
	 */
	public static final String ALL = "";

	private static final Logger logger = LoggerFactory.getLogger(BucketWatch.class);

	private static final int MISSED_HEARTBEATS = 3;

	private static final Duration INACTIVE = Duration.ofSeconds(10);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private final NodeIdentity identity;

	private final BucketSettings settings;

	private final String name;

	private final String what;

	private final Duration heartbeat;

	private final Consumer<String> changed;

	private final CountDownLatch closed = new CountDownLatch(1);

	private @Nullable Thread thread;

	/**
	 * Creates a watch that looks at nothing yet.
	 * @param identity this process
	 * @param settings the bucket
	 * @param name the name of the thread, without that of the cluster
	 * @param what what is watched, for the log
	 * @param heartbeat how often the server is to say that it is there
	 * @param changed called on the thread with a key that has changed, or {@link #ALL};
	 * must not throw
	 */
	public BucketWatch(NodeIdentity identity, BucketSettings settings, String name, String what, Duration heartbeat,
			Consumer<String> changed) {
		this.identity = identity;
		this.settings = settings;
		this.name = name;
		this.what = what;
		this.heartbeat = heartbeat;
		this.changed = changed;
	}

	/**
	 * Starts the thread, unless it has been started or the watch is closed.
	 * @param connection the connection to the bucket
	 */
	public synchronized void start(StoreConnection connection) {
		if (this.thread == null && this.closed.getCount() > 0) {
			Thread started = new Thread(() -> run(connection), this.name + "-" + this.identity.cluster());
			started.setDaemon(true);
			started.start();
			this.thread = started;
		}
	}

	private void run(StoreConnection connection) {
		try {
			do {
				try {
					follow(connection);
				}
				catch (HaClusterException | IllegalStateException ex) {
					logger.debug("[{}] Cannot watch {}: {}", this.identity, this.what, ex.getMessage());
				}
			}
			while (!this.closed.await(this.heartbeat.toMillis(), TimeUnit.MILLISECONDS));
		}
		catch (InterruptedException ex) {
			logger.debug("[{}] No longer watching {}", this.identity, this.what);
		}
	}

	/**
	 * Follows the bucket until heartbeats are missing.
	 */
	private void follow(StoreConnection connection) throws InterruptedException {
		Connection current = connection.connected();
		String inbox = current.createInbox();
		Subscription subscription = current.subscribe(inbox);
		try {
			createConsumer(connection, inbox);
			this.changed.accept(ALL);
			String prefix = this.settings.subject("");
			while (this.closed.getCount() > 0) {
				Message message = subscription.nextMessage(this.heartbeat.multipliedBy(MISSED_HEARTBEATS));
				if (message == null) {
					logger.debug("[{}] No heartbeat of the watch on {}", this.identity, this.what);
					return;
				}
				if (message.getSubject().startsWith(prefix)) {
					this.changed.accept(message.getSubject().substring(prefix.length()));
				}
			}
		}
		finally {
			if (current.getStatus() == Connection.Status.CONNECTED) {
				subscription.unsubscribe();
			}
		}
	}

	private void createConsumer(StoreConnection connection, String inbox) {
		String consumer = "watch-" + inbox.substring(inbox.lastIndexOf('.') + 1);
		ConsumerConfiguration configuration = ConsumerConfiguration.builder()
			.name(consumer)
			.deliverSubject(inbox)
			.deliverPolicy(DeliverPolicy.New)
			.ackPolicy(AckPolicy.None)
			.idleHeartbeat(this.heartbeat)
			.inactiveThreshold(INACTIVE)
			.headersOnly(true)
			.memStorage(true)
			.numReplicas(1)
			.build();
		String request = "{\"stream_name\":\"" + this.settings.stream() + "\",\"config\":" + configuration.toJson()
				+ "}";
		Message answer = connection.request("$JS.API.CONSUMER.CREATE." + this.settings.stream() + "." + consumer, null,
				request.getBytes(StandardCharsets.UTF_8));
		if (answer == null) {
			throw new StoreUnavailableException("the bucket does not answer", null);
		}
		try {
			if (JsonValueUtils.readValue(JsonParser.parse(answer.getData()), "error") != null) {
				throw new StoreUnavailableException(new String(answer.getData(), StandardCharsets.UTF_8), null);
			}
		}
		catch (JsonParseException ex) {
			throw new StoreUnavailableException("an answer cannot be read", ex);
		}
	}

	/**
	 * Ends the watch, and waits for a callback that is under way for five seconds at
	 * most.
	 */
	@Override
	public void close() {
		this.closed.countDown();
		Thread ending;
		synchronized (this) {
			ending = this.thread;
			this.thread = null;
		}
		if (ending != null && ending != Thread.currentThread()) {
			ending.interrupt();
			try {
				ending.join(CLOSE_TIMEOUT.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
