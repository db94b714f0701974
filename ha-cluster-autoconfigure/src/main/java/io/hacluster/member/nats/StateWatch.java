package io.hacluster.member.nats;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
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
import io.hacluster.member.StateStore;

/**
 * Hints at changed keys from one push consumer over the whole bucket. When its heartbeats
 * are missing, the consumer is made anew and every key counts as changed.
 */
final class StateWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(StateWatch.class);

	private static final Duration HEARTBEAT = Duration.ofSeconds(1);

	private static final Duration ALARM = Duration.ofSeconds(3);

	private static final Duration INACTIVE = Duration.ofSeconds(10);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private final NodeIdentity identity;

	private final NatsStateStoreSettings settings;

	private final List<Consumer<String>> callbacks = new CopyOnWriteArrayList<>();

	private final CountDownLatch closed = new CountDownLatch(1);

	private @Nullable Thread thread;

	StateWatch(NodeIdentity identity, NatsStateStoreSettings settings) {
		this.identity = identity;
		this.settings = settings;
	}

	synchronized StateStore.Watch add(StateConnection connection, Consumer<String> changed) {
		// Wrapped, since the same callback may be registered twice
		Consumer<String> registered = changed::accept;
		this.callbacks.add(registered);
		if (this.thread == null && this.closed.getCount() > 0) {
			Thread started = new Thread(() -> run(connection), "ha-members-watch-" + this.identity.cluster());
			started.setDaemon(true);
			started.start();
			this.thread = started;
		}
		return () -> this.callbacks.remove(registered);
	}

	private void run(StateConnection connection) {
		try {
			do {
				try {
					follow(connection);
				}
				catch (HaClusterException | IllegalStateException ex) {
					logger.debug("[{}] Cannot watch the records of the nodes: {}", this.identity, ex.getMessage());
				}
			}
			while (!this.closed.await(HEARTBEAT.toMillis(), TimeUnit.MILLISECONDS));
		}
		catch (InterruptedException ex) {
			logger.debug("[{}] No longer watching the records of the nodes", this.identity);
		}
	}

	/**
	 * Follows the bucket until heartbeats are missing.
	 */
	private void follow(StateConnection connection) throws InterruptedException {
		Connection current = connection.connected();
		String inbox = current.createInbox();
		Subscription subscription = current.subscribe(inbox);
		try {
			createConsumer(connection, inbox);
			changed();
			String prefix = this.settings.subject("");
			while (this.closed.getCount() > 0) {
				Message message = subscription.nextMessage(ALARM);
				if (message == null) {
					logger.debug("[{}] No heartbeat of the watch on the records of the nodes", this.identity);
					return;
				}
				if (message.getSubject().startsWith(prefix)) {
					call(message.getSubject().substring(prefix.length()));
				}
			}
		}
		finally {
			if (current.getStatus() == Connection.Status.CONNECTED) {
				subscription.unsubscribe();
			}
		}
	}

	private void createConsumer(StateConnection connection, String inbox) {
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
		call("");
	}

	private void call(String key) {
		for (Consumer<String> callback : this.callbacks) {
			try {
				callback.accept(key);
			}
			catch (RuntimeException ex) {
				logger.error("[{}] A watcher of the records of the nodes failed", this.identity, ex);
			}
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
