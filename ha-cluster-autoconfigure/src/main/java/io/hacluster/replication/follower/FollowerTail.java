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

	private final FollowerProgress progress;

	private final Ticker ticker;

	private volatile boolean closed;

	private @Nullable LogTail tail;

	FollowerTail(long number, FollowerQueue queue, Path staging, FollowerProgress progress, Ticker ticker) {
		this.number = number;
		this.queue = queue;
		this.staging = staging;
		this.progress = progress;
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
		long shippedAt = this.progress.lag().shippedAt(entry.timestamp());
		this.progress.known(entry.name().maxTxid());
		try {
			put(new FollowerEvent.Received(FollowerFile.receive(entry, content, this.staging), shippedAt));
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
		put(new FollowerEvent.Reached(offset, this.number, this.ticker.nanoTime()));
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
