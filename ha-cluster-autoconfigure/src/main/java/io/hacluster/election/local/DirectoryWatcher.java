package io.hacluster.election.local;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.election.LeaseStore;
import io.hacluster.files.DirectoryWatch;

/**
 * Calls back when a new revision appears in a directory.
 */
final class DirectoryWatcher implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(DirectoryWatcher.class);

	private final NodeIdentity identity;

	private final Map<WatchKey, List<Runnable>> callbacks = new ConcurrentHashMap<>();

	private final DirectoryWatch watch;

	DirectoryWatcher(NodeIdentity identity) {
		this.identity = identity;
		this.watch = new DirectoryWatch(identity, "ha-lease-watch", "the leases", this::appeared);
	}

	LeaseStore.Watch watch(Path directory, Runnable changed) throws IOException {
		WatchKey key = this.watch.add(directory);
		List<Runnable> watching = this.callbacks.computeIfAbsent(key, (added) -> new CopyOnWriteArrayList<>());
		// Wrapped, since the same callback may be registered twice
		Runnable registered = changed::run;
		watching.add(registered);
		return () -> watching.remove(registered);
	}

	private void appeared(WatchKey key, List<WatchEvent<?>> events) {
		boolean changed = false;
		for (WatchEvent<?> event : events) {
			changed |= !(event.context() instanceof Path name) || RevisionDirectory.isRevision(name);
		}
		if (changed) {
			this.callbacks.getOrDefault(key, List.of()).forEach(this::call);
		}
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
