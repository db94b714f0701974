package io.hacluster.samples.lab;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Notes, in a thread of its own, when each row became visible to a reader of a replica.
 */
final class ReplicaWatch {

	private final Path replica;

	private final long end;

	private final Duration interval;

	private final boolean reopening;

	private final FutureTask<Map<Long, Long>> task;

	private volatile boolean stopped;

	/**
	 * Starts to watch.
	 * @param replica the database
	 * @param first the first row
	 * @param end the row after the last one
	 * @param interval time between two looks
	 * @param reopening whether each look needs a connection of its own: a file whose
	 * pages are overwritten behind SQLite's back never changes for an open connection
	 */
	ReplicaWatch(Path replica, long first, long end, Duration interval, boolean reopening) {
		this.replica = replica;
		this.end = end;
		this.interval = interval;
		this.reopening = reopening;
		this.task = new FutureTask<>(() -> watch(first));
		Thread thread = new Thread(this.task, "lab-watch-" + replica.getFileName());
		thread.setDaemon(true);
		thread.start();
	}

	private Map<Long, Long> watch(long first) throws SQLException {
		Map<Long, Long> visible = new HashMap<>();
		long next = first;
		try (DatabaseFile kept = this.reopening ? null : DatabaseFile.open(this.replica)) {
			while (next < this.end && !this.stopped) {
				long last = last(kept);
				long now = PacedWriter.micros();
				for (; next <= last && next < this.end; next++) {
					visible.put(next, now);
				}
				LockSupport.parkNanos(this.interval.toNanos());
			}
		}
		return visible;
	}

	private long last(@Nullable DatabaseFile kept) throws SQLException {
		if (kept != null) {
			return kept.last();
		}
		try (DatabaseFile fresh = DatabaseFile.open(this.replica)) {
			return fresh.last();
		}
		catch (SQLException ex) {
			// in the middle of being overwritten
			return 0;
		}
	}

	/**
	 * Waits until all rows are visible.
	 * @param atMost how long
	 * @return by row, when it was first seen
	 */
	Map<Long, Long> await(Duration atMost) {
		try {
			Await.until("all rows are visible in " + this.replica, atMost, () -> "", this.task::isDone);
			return this.task.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new LabException("interrupted");
		}
		catch (ExecutionException ex) {
			throw new LabException("cannot read " + this.replica, ex.getCause());
		}
		finally {
			this.stopped = true;
		}
	}

}
