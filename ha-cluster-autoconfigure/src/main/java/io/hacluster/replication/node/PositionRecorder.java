package io.hacluster.replication.node;

import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.ByteSource;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ltx.LtxName;

/**
 * Remembers where in the log the last batch of a leader came to stand, from where it
 * follows on when it has stepped down. Thread-safe.
 */
final class PositionRecorder {

	private final AtomicReference<@Nullable LogEntry> last = new AtomicReference<>();

	private volatile @Nullable Fence fence;

	/**
	 * Returns a writer whose batches are remembered.
	 * @param writer does the work
	 * @return the writer
	 */
	LogWriter recording(LogWriter writer) {
		Fence former = this.fence;
		if (former != null && !former.logId().equals(writer.fence().logId())) {
			this.last.set(null);
		}
		this.fence = writer.fence();
		return new RecordingWriter(writer);
	}

	/**
	 * Returns the place of a batch.
	 * @param txid its transaction
	 * @param otherwise what to return if it is not the last one
	 * @return the place
	 */
	LogOffset offsetOf(long txid, LogOffset otherwise) {
		LogEntry entry = this.last.get();
		return (entry != null && entry.name().maxTxid() == txid) ? entry.offset() : otherwise;
	}

	/**
	 * Returns the fence of the latest writer.
	 * @return the fence, empty if there was no writer yet
	 */
	Optional<Fence> fence() {
		return Optional.ofNullable(this.fence);
	}

	private void record(LogEntry entry) {
		if (entry.name().level() == LtxName.LEVEL_BATCH) {
			this.last.accumulateAndGet(entry, (former,
					latest) -> (former == null || latest == null || latest.name().maxTxid() > former.name().maxTxid())
							? latest : former);
		}
	}

	private final class RecordingWriter implements LogWriter {

		private final LogWriter delegate;

		RecordingWriter(LogWriter delegate) {
			this.delegate = delegate;
		}

		@Override
		public Fence fence() {
			return this.delegate.fence();
		}

		@Override
		public CompletableFuture<LogEntry> append(LtxName name, Instant timestamp, ByteSource content) {
			return this.delegate.append(name, timestamp, content).thenApply((entry) -> {
				record(entry);
				return entry;
			});
		}

		@Override
		public void retire(LogEntry entry) {
			this.delegate.retire(entry);
		}

		@Override
		public void close() {
			this.delegate.close();
		}

	}

}
