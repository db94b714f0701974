package io.hacluster.election.nats;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

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
import io.hacluster.election.LeaseStore;

/**
 * Hints at changed keys from one push consumer over the whole bucket. The server sends a
 * heartbeat twice a second; when three are missing, the consumer is made anew and every
 * key counts as changed. The client library's own watch can stay blind for half a minute
 * after a server crash.
 */
final class LeaseWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(LeaseWatch.class);

	private static final Duration HEARTBEAT = Duration.ofMillis(500);

	private static final Duration ALARM = Duration.ofMillis(1500);

	private static final Duration INACTIVE = Duration.ofSeconds(10);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private final NodeIdentity identity;

	private final NatsLeaseStoreSettings settings;

	private final Map<String, List<Runnable>> callbacks = new ConcurrentHashMap<>();

	private final CountDownLatch closed = new CountDownLatch(1);

	private @Nullable Thread thread;

	LeaseWatch(NodeIdentity identity, NatsLeaseStoreSettings settings) {
		this.identity = identity;
		this.settings = settings;
	}

	synchronized LeaseStore.Watch add(NatsConnection connection, String key, Runnable changed) {
		List<Runnable> watching = this.callbacks.computeIfAbsent(this.settings.subject(key),
				(added) -> new CopyOnWriteArrayList<>());
		// Wrapped, since the same callback may be registered twice
		Runnable registered = changed::run;
		watching.add(registered);
		if (this.thread == null && this.closed.getCount() > 0) {
			Thread started = new Thread(() -> run(connection), "ha-lease-watch-" + this.identity.cluster());
			started.setDaemon(true);
			started.start();
			this.thread = started;
		}
		return () -> watching.remove(registered);
	}

	private void run(NatsConnection connection) {
		try {
			do {
				try {
					follow(connection);
				}
				catch (HaClusterException | IllegalStateException ex) {
					logger.debug("[{}] Cannot watch the leases: {}", this.identity, ex.getMessage());
				}
			}
			while (!this.closed.await(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS));
		}
		catch (InterruptedException ex) {
			logger.debug("[{}] No longer watching the leases", this.identity);
		}
	}

	/**
	 * Follows the bucket until heartbeats are missing.
	 */
	private void follow(NatsConnection connection) throws InterruptedException {
		Connection current = connection.connected();
		String inbox = current.createInbox();
		Subscription subscription = current.subscribe(inbox);
		try {
			createConsumer(connection, inbox);
			changed();
			while (this.closed.getCount() > 0) {
				Message message = subscription.nextMessage(ALARM);
				if (message == null) {
					logger.debug("[{}] No heartbeat of the watch on the leases", this.identity);
					return;
				}
				this.callbacks.getOrDefault(message.getSubject(), List.of()).forEach(this::call);
			}
		}
		finally {
			if (current.getStatus() == Connection.Status.CONNECTED) {
				subscription.unsubscribe();
			}
		}
	}

	private void createConsumer(NatsConnection connection, String inbox) {
		String name = "watch-" + inbox.substring(inbox.lastIndexOf('.') + 1);
		ConsumerConfiguration configuration = ConsumerConfiguration.builder()
			.name(name)
			.deliverSubject(inbox)
			.deliverPolicy(DeliverPolicy.New)
			.ackPolicy(AckPolicy.None)
			.idleHeartbeat(HEARTBEAT)
			.inactiveThreshold(INACTIVE)
			.headersOnly(true)
			.memStorage(true)
			.numReplicas(1)
			.build();
		String request = "{\"stream_name\":\"" + this.settings.stream() + "\",\"config\":" + configuration.toJson()
				+ "}";
		Message answer = connection.request("$JS.API.CONSUMER.CREATE." + this.settings.stream() + "." + name, null,
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
	 * Hints at all keys.
	 */
	void changed() {
		this.callbacks.values().forEach((watching) -> watching.forEach(this::call));
	}

	private void call(Runnable callback) {
		try {
			callback.run();
		}
		catch (RuntimeException ex) {
			logger.error("[{}] A watcher of a lease failed", this.identity, ex);
		}
	}

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
