package io.hacluster.replication;

import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.replication.ltx.LtxName;

/**
 * A store that fails when told to.
 */
public final class FaultyStore implements ReplicaStore {

	private final ReplicaStore store;

	/** Whether nothing works. */
	public volatile boolean down;

	/** Whether appends are never acknowledged, although they land. */
	public volatile boolean silent;

	/** How many appends land and are reported as failed. */
	public final AtomicInteger failAfterLanding = new AtomicInteger();

	/** How many appends fail without landing. */
	public final AtomicInteger failBeforeLanding = new AtomicInteger();

	public final AtomicInteger fences = new AtomicInteger();

	public final AtomicInteger listings = new AtomicInteger();

	public FaultyStore(ReplicaStore store) {
		this.store = store;
	}

	private static boolean take(AtomicInteger count) {
		return count.getAndUpdate((value) -> Math.max(0, value - 1)) > 0;
	}

	private void requireUp() {
		if (this.down) {
			throw new StoreUnavailableException("the store is down", null);
		}
	}

	@Override
	public LogWriter fence(Epoch epoch, NodeIdentity leader) {
		requireUp();
		this.fences.incrementAndGet();
		return new Writer(this.store.fence(epoch, leader));
	}

	@Override
	public Optional<Fence> currentFence() {
		requireUp();
		return this.store.currentFence();
	}

	@Override
	public List<LogEntry> list() {
		requireUp();
		this.listings.incrementAndGet();
		return this.store.list();
	}

	@Override
	public InputStream open(LogEntry entry) throws IOException {
		return this.store.open(entry);
	}

	@Override
	public LogTail tail(LogOffset after, LogObserver observer) {
		return this.store.tail(after, observer);
	}

	@Override
	public void close() {
		this.store.close();
	}

	private final class Writer implements LogWriter {

		private final LogWriter writer;

		private volatile boolean poisoned;

		Writer(LogWriter writer) {
			this.writer = writer;
		}

		@Override
		public Fence fence() {
			return this.writer.fence();
		}

		@Override
		public CompletableFuture<LogEntry> append(LtxName name, Instant timestamp, ByteSource content) {
			if (this.poisoned || FaultyStore.this.down || take(FaultyStore.this.failBeforeLanding)) {
				return fail();
			}
			CompletableFuture<LogEntry> result = this.writer.append(name, timestamp, content);
			if (take(FaultyStore.this.failAfterLanding)) {
				return fail();
			}
			return FaultyStore.this.silent ? new CompletableFuture<>() : result;
		}

		private CompletableFuture<LogEntry> fail() {
			this.poisoned = true;
			return CompletableFuture.failedFuture(new StoreUnavailableException("the store failed", null));
		}

		@Override
		public void retire(LogEntry entry) {
			requireUp();
			this.writer.retire(entry);
		}

		@Override
		public void close() {
			this.writer.close();
		}

	}

}
