package io.hacluster.replication.primary;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

import org.jspecify.annotations.Nullable;

/**
 * Gives a signal whenever the database or its write-ahead log changes, unless it is told
 * to look away: being woken costs more than looking, where something new is found at each
 * look. Looking away and back is for one thread.
 */
final class PrimaryWatch implements AutoCloseable {

	private final Path directory;

	private final WatchService service;

	private final String name;

	private final PrimarySignal signal;

	private final Thread thread;

	private @Nullable WatchKey key;

	PrimaryWatch(Path database, String cluster, PrimarySignal signal) throws IOException {
		Path parent = database.toAbsolutePath().getParent();
		if (parent == null) {
			throw new IOException(database + " is not a file in a directory");
		}
		this.directory = parent;
		this.name = String.valueOf(database.getFileName());
		this.signal = signal;
		this.service = parent.getFileSystem().newWatchService();
		this.thread = new Thread(this::run, "ha-watch-" + cluster);
		this.thread.setDaemon(true);
		try {
			lookBack();
		}
		catch (IOException ex) {
			this.service.close();
			throw ex;
		}
		this.thread.start();
	}

	/**
	 * Gives no more signals for changes.
	 */
	void lookAway() {
		WatchKey watched = this.key;
		this.key = null;
		if (watched != null) {
			watched.cancel();
		}
	}

	/**
	 * Gives signals for changes from now on, not for those before.
	 */
	void lookBack() throws IOException {
		try {
			this.key = this.directory.register(this.service, StandardWatchEventKinds.ENTRY_CREATE,
					StandardWatchEventKinds.ENTRY_MODIFY);
		}
		catch (ClosedWatchServiceException ex) {
			// nobody waits for a signal any more
		}
	}

	/**
	 * Returns whether it looks away.
	 */
	boolean isAway() {
		return this.key == null;
	}

	private void run() {
		try {
			while (true) {
				WatchKey changed = this.service.take();
				boolean ours = changed.pollEvents().stream().anyMatch(this::isOurs);
				if (ours) {
					this.signal.giveCommit();
				}
				changed.reset();
			}
		}
		catch (ClosedWatchServiceException | InterruptedException ex) {
			// closed
		}
	}

	private boolean isOurs(WatchEvent<?> event) {
		if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
			return true;
		}
		String file = String.valueOf(event.context());
		return file.equals(this.name) || file.equals(this.name + "-wal");
	}

	@Override
	public void close() throws IOException {
		this.service.close();
	}

}
