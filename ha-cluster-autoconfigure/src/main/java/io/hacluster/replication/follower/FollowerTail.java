package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import io.hacluster.Ticker;
import io.hacluster.replication.ByteSource;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogObserver;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicaStore.LogTail;
import io.hacluster.replication.ltx.LtxFormatException;

/**
 * One tail of the log: receives and verifies on the thread of the store, so that the
 * thread that applies has nothing to wait for.
 */
final class FollowerTail implements LogObserver {

	private final long number;

	private final FollowerQueue queue;

	private final Path staging;

	private final Ticker ticker;

	private volatile boolean closed;

	private @Nullable LogTail tail;

	FollowerTail(long number, FollowerQueue queue, Path staging, Ticker ticker) {
		this.number = number;
		this.queue = queue;
		this.staging = staging;
		this.ticker = ticker;
	}

	void open(ReplicaStore store, LogOffset after) {
		this.tail = store.tail(after, this);
	}

	long number() {
		return this.number;
	}

	@Override
	public void file(LogEntry entry, ByteSource content) {
		long receivedAt = this.ticker.nanoTime();
		try {
			put(new FollowerEvent.Received(FollowerFile.receive(entry, content, this.staging), receivedAt));
		}
		catch (LtxFormatException | IOException ex) {
			put(new FollowerEvent.Unsound(entry, String.valueOf(ex.getMessage())));
		}
	}

	@Override
	public void fence(Fence fence) {
		put(new FollowerEvent.Fenced(fence));
	}

	@Override
	public void reached(LogOffset offset) {
		put(new FollowerEvent.Reached(offset, this.number));
	}

	@Override
	public void broken(String reason) {
		put(new FollowerEvent.Broken(reason));
	}

	@Override
	public void interrupted(String reason) {
		put(new FollowerEvent.Interrupted(reason));
	}

	/**
	 * Closes the tail and throws away what it has told.
	 */
	void close() {
		this.closed = true;
		this.queue.wake();
		LogTail open = this.tail;
		if (open != null) {
			open.close();
		}
		this.queue.clear();
	}

	private void put(FollowerEvent event) {
		this.queue.put(event, () -> this.closed);
	}

}
