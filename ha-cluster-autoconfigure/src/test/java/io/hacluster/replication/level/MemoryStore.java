package io.hacluster.replication.level;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.ByteSource;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogObserver;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxName;

/**
 * A log in memory, of one leader.
 */
final class MemoryStore implements ReplicaStore {

	private final Map<LtxName, Stored> files = new ConcurrentSkipListMap<>();

	private String logId = "log";

	private long offset;

	Runnable beforeAppend = () -> {
	};

	/**
	 * Changes what is stored of a file.
	 */
	void change(LtxName name, UnaryOperator<byte[]> change) {
		this.files.computeIfPresent(name,
				(key, stored) -> new Stored(stored.entry(), change.apply(stored.content().clone())));
	}

	void flip(LtxName name, int position) {
		change(name, (bytes) -> {
			bytes[Math.floorMod(position, bytes.length)] ^= 1;
			return bytes;
		});
	}

	byte[] content(LtxName name) {
		return this.files.get(name).content();
	}

	void lose(LtxName name) {
		this.files.remove(name);
	}

	void wipe() {
		this.files.clear();
		this.logId = "another log";
	}

	@Override
	public LogWriter fence(Epoch epoch, NodeIdentity leader) {
		return new Writer(new Fence(this.logId, epoch, leader.nodeId(), leader.nonce(), new LogOffset(++this.offset)));
	}

	@Override
	public Optional<Fence> currentFence() {
		return Optional.empty();
	}

	@Override
	public List<LogEntry> list() {
		return new ArrayList<>(this.files.values().stream().map(Stored::entry).toList());
	}

	@Override
	public InputStream open(LogEntry entry) throws IOException {
		Stored stored = this.files.get(entry.name());
		if (stored == null) {
			throw new FileNotFoundException(entry.name() + " has been retired");
		}
		return new ByteArrayInputStream(stored.content());
	}

	@Override
	public LogTail tail(LogOffset after, LogObserver observer) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void close() {
		this.files.clear();
	}

	private record Stored(LogEntry entry, byte[] content) {
	}

	private final class Writer implements LogWriter {

		private final Fence fence;

		Writer(Fence fence) {
			this.fence = fence;
		}

		@Override
		public Fence fence() {
			return this.fence;
		}

		@Override
		public CompletableFuture<LogEntry> append(LtxName name, Instant timestamp, ByteSource content) {
			MemoryStore.this.beforeAppend.run();
			try (InputStream in = content.openStream()) {
				byte[] bytes = in.readAllBytes();
				LogEntry entry = new LogEntry(name, bytes.length, timestamp, new LogOffset(++MemoryStore.this.offset));
				MemoryStore.this.files.put(name, new Stored(entry, bytes));
				return CompletableFuture.completedFuture(entry);
			}
			catch (IOException ex) {
				return CompletableFuture.failedFuture(ex);
			}
		}

		@Override
		public void retire(LogEntry entry) {
			MemoryStore.this.files.remove(entry.name());
		}

		@Override
		public void close() {
			// nothing is open
		}

	}

}
