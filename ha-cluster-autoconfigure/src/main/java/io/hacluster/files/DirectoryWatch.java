package io.hacluster.files;

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
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * Tells of files that appear in directories. Its thread starts with the first directory.
 * Thread-safe.
 */
public final class DirectoryWatch implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(DirectoryWatch.class);

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

	private final NodeIdentity identity;

	private final String thread;

	private final String what;

	private final BiConsumer<WatchKey, List<WatchEvent<?>>> appeared;

	private @Nullable WatchService service;

	private @Nullable Thread running;

	/**
	 * Creates a watch that looks at nothing yet.
	 * @param identity this process
	 * @param thread the name of the thread, without that of the cluster
	 * @param what what is watched, for the log
	 * @param appeared called on the thread with a directory and what happened there; must
	 * not throw
	 */
	public DirectoryWatch(NodeIdentity identity, String thread, String what,
			BiConsumer<WatchKey, List<WatchEvent<?>>> appeared) {
		this.identity = identity;
		this.thread = thread;
		this.what = what;
		this.appeared = appeared;
	}

	/**
	 * Watches a directory from now on.
	 * @param directory the directory
	 * @return the directory as the callback gets to know it; the same one if it was being
	 * watched already
	 * @throws IOException if it cannot be watched
	 */
	public synchronized WatchKey add(Path directory) throws IOException {
		WatchService current = this.service;
		if (current == null) {
			current = FileSystems.getDefault().newWatchService();
			this.service = current;
			start(current);
		}
		return directory.register(current, StandardWatchEventKinds.ENTRY_CREATE);
	}

	private void start(WatchService watched) {
		Thread started = new Thread(() -> run(watched), this.thread + "-" + this.identity.cluster());
		started.setDaemon(true);
		started.start();
		this.running = started;
	}

	private void run(WatchService watched) {
		try {
			while (true) {
				WatchKey key = watched.take();
				List<WatchEvent<?>> events = key.pollEvents();
				key.reset();
				this.appeared.accept(key, events);
			}
		}
		catch (ClosedWatchServiceException | InterruptedException ex) {
			logger.debug("[{}] No longer watching {}", this.identity, this.what);
		}
	}

	/**
	 * Ends the watch, and waits for a callback that is under way for five seconds at
	 * most.
	 */
	@Override
	public void close() {
		WatchService closing;
		Thread ending;
		synchronized (this) {
			closing = this.service;
			ending = this.running;
			this.service = null;
			this.running = null;
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
