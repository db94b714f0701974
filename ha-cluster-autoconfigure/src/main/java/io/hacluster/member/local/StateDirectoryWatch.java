package io.hacluster.member.local;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.member.StateStore;

/**
 * Hints at the keys whose files appear in a directory. Its thread starts with the first
 * watch.
 */
final class StateDirectoryWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(StateDirectoryWatch.class);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private final NodeIdentity identity;

	private final List<Consumer<String>> callbacks = new CopyOnWriteArrayList<>();

	private @Nullable WatchService service;

	private @Nullable Thread thread;

	StateDirectoryWatch(NodeIdentity identity) {
		this.identity = identity;
	}

	synchronized StateStore.Watch add(Path directory, Consumer<String> changed) throws IOException {
		if (this.service == null) {
			WatchService made = FileSystems.getDefault().newWatchService();
			directory.register(made, StandardWatchEventKinds.ENTRY_CREATE);
			this.service = made;
			Thread started = new Thread(() -> run(made), "ha-members-watch-" + this.identity.cluster());
			started.setDaemon(true);
			started.start();
			this.thread = started;
		}
		// Wrapped, since the same callback may be registered twice
		Consumer<String> registered = changed::accept;
		this.callbacks.add(registered);
		return () -> this.callbacks.remove(registered);
	}

	private void run(WatchService watched) {
		try {
			while (true) {
				WatchKey key = watched.take();
				Set<String> changed = new LinkedHashSet<>();
				for (WatchEvent<?> event : key.pollEvents()) {
					String name = (event.context() instanceof Path file) ? RevisionFiles.key(file) : "";
					if (name != null) {
						changed.add(name);
					}
				}
				key.reset();
				changed.forEach(this::call);
			}
		}
		catch (ClosedWatchServiceException | InterruptedException ex) {
			logger.debug("[{}] No longer watching the records of the nodes", this.identity);
		}
	}

	private void call(String changed) {
		for (Consumer<String> callback : this.callbacks) {
			try {
				callback.accept(changed);
			}
			catch (RuntimeException ex) {
				logger.error("[{}] A watcher of the records of the nodes failed", this.identity, ex);
			}
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
