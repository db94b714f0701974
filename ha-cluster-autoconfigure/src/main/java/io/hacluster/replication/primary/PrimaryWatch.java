package io.hacluster.replication.primary;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/**
 * Gives a signal whenever the database or its write-ahead log changes.
 */
final class PrimaryWatch implements AutoCloseable {

	private final WatchService service;

	private final String name;

	private final PrimarySignal signal;

	private final Thread thread;

	PrimaryWatch(Path database, String cluster, PrimarySignal signal) throws IOException {
		Path directory = database.toAbsolutePath().getParent();
		if (directory == null) {
			throw new IOException(database + " is not a file in a directory");
		}
		this.name = String.valueOf(database.getFileName());
		this.signal = signal;
		this.service = directory.getFileSystem().newWatchService();
		this.thread = new Thread(this::run, "ha-watch-" + cluster);
		this.thread.setDaemon(true);
		try {
			directory.register(this.service, StandardWatchEventKinds.ENTRY_CREATE,
					StandardWatchEventKinds.ENTRY_MODIFY);
		}
		catch (IOException ex) {
			this.service.close();
			throw ex;
		}
		this.thread.start();
	}

	private void run() {
		try {
			while (true) {
				WatchKey key = this.service.take();
				boolean ours = key.pollEvents().stream().anyMatch(this::isOurs);
				if (ours) {
					this.signal.giveCommit();
				}
				if (!key.reset()) {
					return;
				}
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
