package io.hacluster.election.nats;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.election.LeaseStore;
import io.hacluster.nats.BucketWatch;
import io.hacluster.nats.StoreConnection;

/**
 * Hints at changed leases. The server sends a heartbeat twice a second, so that the end
 * of a lease is not noticed late because a server has died.
 */
final class LeaseWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(LeaseWatch.class);

	private static final Duration HEARTBEAT = Duration.ofMillis(500);

	private final NodeIdentity identity;

	private final Map<String, List<Runnable>> callbacks = new ConcurrentHashMap<>();

	private final BucketWatch watch;

	LeaseWatch(NodeIdentity identity, NatsLeaseStoreSettings settings) {
		this.identity = identity;
		this.watch = new BucketWatch(identity, settings, "ha-lease-watch", "the leases", HEARTBEAT, this::changed);
	}

	LeaseStore.Watch add(StoreConnection connection, String key, Runnable changed) {
		List<Runnable> watching = this.callbacks.computeIfAbsent(key, (added) -> new CopyOnWriteArrayList<>());
		// Wrapped, since the same callback may be registered twice
		Runnable registered = changed::run;
		watching.add(registered);
		this.watch.start(connection);
		return () -> watching.remove(registered);
	}

	private void changed(String key) {
		if (key.equals(BucketWatch.ALL)) {
			changed();
		}
		else {
			this.callbacks.getOrDefault(key, List.of()).forEach(this::call);
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
		this.watch.close();
	}

}
