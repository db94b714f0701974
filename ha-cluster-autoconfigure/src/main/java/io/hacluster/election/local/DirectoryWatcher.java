package io.hacluster.election.local;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.election.LeaseStore;

/**
 * Calls back when a new revision appears in a directory. Its thread starts with the first
 * watch.
 */
final class DirectoryWatcher implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(DirectoryWatcher.class);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private final NodeIdentity identity;

	private final Map<WatchKey, List<Runnable>> callbacks = new ConcurrentHashMap<>();

	private @Nullable WatchService service;

	private @Nullable Thread thread;

	DirectoryWatcher(NodeIdentity identity) {
		this.identity = identity;
	}

	synchronized LeaseStore.Watch watch(Path directory, Runnable changed) throws IOException {
		WatchService current = this.service;
		if (current == null) {
			current = FileSystems.getDefault().newWatchService();
			this.service = current;
			start(current);
		}
		WatchKey key = directory.register(current, StandardWatchEventKinds.ENTRY_CREATE);
		List<Runnable> watching = this.callbacks.computeIfAbsent(key, (added) -> new CopyOnWriteArrayList<>());
		// Wrapped, since the same callback may be registered twice
		Runnable registered = changed::run;
		watching.add(registered);
		return () -> watching.remove(registered);
	}

	private void start(WatchService watched) {
		Thread started = new Thread(() -> run(watched), "ha-lease-watch-" + this.identity.cluster());
		started.setDaemon(true);
		started.start();
		this.thread = started;
	}

	private void run(WatchService watched) {
		try {
			while (true) {
				WatchKey key = watched.take();
				boolean changed = false;
				for (WatchEvent<?> event : key.pollEvents()) {
					changed |= !(event.context() instanceof Path name) || RevisionDirectory.isRevision(name);
				}
				key.reset();
				if (changed) {
					this.callbacks.getOrDefault(key, List.of()).forEach(this::call);
				}
			}
		}
		catch (ClosedWatchServiceException | InterruptedException ex) {
			logger.debug("[{}] No longer watching the leases", this.identity);
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
		WatchService closing;
		Thread ending;
		synchronized (this) {
			closing = this.service;
			ending = this.thread;
			this.service = null;
			this.thread = null;
		}
		if (closing == null || ending == null) {
			return;
		}
		try {
			closing.close();
			if (ending != Thread.currentThread()) {
				ending.join(CLOSE_TIMEOUT.toMillis());
			}
		}
		catch (IOException ex) {
			logger.debug("[{}] Could not close a watch service", this.identity, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
