package io.hacluster.member.nats;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.member.StateStore;
import io.hacluster.nats.BucketWatch;
import io.hacluster.nats.StoreConnection;

/**
 * Hints at changed records.
 */
final class StateWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(StateWatch.class);

	private static final Duration HEARTBEAT = Duration.ofSeconds(1);

	private final NodeIdentity identity;

	private final List<Consumer<String>> callbacks = new CopyOnWriteArrayList<>();

	private final BucketWatch watch;

	StateWatch(NodeIdentity identity, NatsStateStoreSettings settings) {
		this.identity = identity;
		this.watch = new BucketWatch(identity, settings, "ha-members-watch", "the records of the nodes", HEARTBEAT,
				this::call);
	}

	StateStore.Watch add(StoreConnection connection, Consumer<String> changed) {
		// Wrapped, since the same callback may be registered twice
		Consumer<String> registered = changed::accept;
		this.callbacks.add(registered);
		this.watch.start(connection);
		return () -> this.callbacks.remove(registered);
	}

	/**
	 * Hints at all keys.
	 */
	void changed() {
		call(BucketWatch.ALL);
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
		this.watch.close();
	}

}
