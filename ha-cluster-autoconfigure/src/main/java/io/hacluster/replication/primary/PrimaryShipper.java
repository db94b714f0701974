package io.hacluster.replication.primary;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.FencedException;
import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxName;

/**
 * Appends to the log, a few files in flight. After a failure of the store it opens the
 * log again by fencing it anew, looks at what has landed and forgets the rest, which is
 * then captured again: whatever was sent under the former fence can no longer land, so no
 * transaction is left out and none is there twice. Used by the thread that ships, except
 * where a method says otherwise.
 */
final class PrimaryShipper {

	private static final Logger logger = LoggerFactory.getLogger(PrimaryShipper.class);

	private final NodeIdentity identity;

	private final int pipeline;

	private final ReplicaStore store;

	private final Supplier<LogWriter> fence;

	private final PrimaryCounters counters;

	private final Runnable wake;

	private final Deque<PrimaryShipment> inFlight = new ArrayDeque<>();

	private volatile Consumer<LogEntry> listener = (entry) -> {
	};

	private volatile @Nullable LogWriter writer;

	private @Nullable String logId;

	private @Nullable PrimaryMark acknowledged;

	private long txid;

	private @Nullable Long returnedSince;

	PrimaryShipper(NodeIdentity identity, int pipeline, ReplicaStore store, Supplier<LogWriter> fence,
			PrimaryCounters counters, Runnable wake) {
		this.identity = identity;
		this.pipeline = pipeline;
		this.store = store;
		this.fence = fence;
		this.counters = counters;
		this.wake = wake;
	}

	void open(LogWriter writer) {
		this.writer = writer;
		this.logId = writer.fence().logId();
	}

	/**
	 * Has a listener told of each file that the log has acknowledged, on any thread; must
	 * not block.
	 */
	void listener(Consumer<LogEntry> listener) {
		this.listener = listener;
	}

	/**
	 * Returns the log as it is open at the moment. To be called by any thread.
	 * @throws StoreUnavailableException if it is not open
	 */
	LogWriter requireWriter() {
		LogWriter open = this.writer;
		if (open == null) {
			throw new StoreUnavailableException("The log is not open at the moment", null);
		}
		return open;
	}

	boolean isOpen() {
		return this.writer != null;
	}

	/**
	 * Returns whether the log is open through a writer.
	 */
	boolean isOpenAs(@Nullable LogWriter other) {
		return other != null && this.writer == other;
	}

	boolean isIdle() {
		return this.inFlight.isEmpty();
	}

	boolean hasRoom() {
		return isOpen() && this.inFlight.size() < this.pipeline;
	}

	/**
	 * Returns the fence under which files are appended. To be called by any thread.
	 * @return the fence, null while the log is not open
	 */
	@Nullable Fence fence() {
		LogWriter open = this.writer;
		return (open != null) ? open.fence() : null;
	}

	/**
	 * Closes the log, to be opened again.
	 * @param reason why, for people
	 */
	void abandon(String reason) {
		closeWriter();
		this.counters.storeErrors.incrementAndGet();
		this.counters.failure(reason);
	}

	/**
	 * Returns the last transaction that the log has acknowledged.
	 */
	long txid() {
		return this.txid;
	}

	/**
	 * Returns where that transaction ends in the local write-ahead log, null if there is
	 * no such place.
	 */
	@Nullable PrimaryMark acknowledged() {
		return this.acknowledged;
	}

	/**
	 * Returns when the oldest commit was first seen that is in flight, or was and has to
	 * be sent again.
	 */
	@Nullable Long oldestSeen() {
		PrimaryShipment first = this.inFlight.peek();
		return (this.returnedSince != null || first == null) ? this.returnedSince : Long.valueOf(first.seen());
	}

	/**
	 * Says what the log holds.
	 */
	void reset(long txid, @Nullable PrimaryMark mark) {
		this.txid = txid;
		this.acknowledged = mark;
		if (mark != null) {
			this.returnedSince = null;
		}
		this.counters.txid(txid);
	}

	/**
	 * Sends a file.
	 * @param name its name
	 * @param content its bytes, closed when they are no longer needed
	 * @param mark see {@link PrimaryShipment}
	 * @param seen see {@link PrimaryShipment}
	 */
	void ship(LtxName name, PrimaryEncoder.EncodedFile content, PrimaryMark mark, long seen) {
		LogWriter open = requireWriter();
		CompletableFuture<LogEntry> outcome;
		try {
			outcome = open.append(name, Instant.ofEpochMilli(content.header().timestamp()), content);
		}
		catch (RuntimeException ex) {
			outcome = CompletableFuture.failedFuture(ex);
		}
		this.inFlight.add(new PrimaryShipment(name, content, mark, seen, outcome));
		outcome.whenComplete((entry, ex) -> {
			if (entry != null) {
				this.listener.accept(entry);
			}
			this.wake.run();
		});
	}

	/**
	 * Takes note of what has become of the files in flight.
	 * @throws FencedException if a newer leader has fenced the log
	 */
	void settle() {
		PrimaryShipment first = isOpen() ? this.inFlight.peek() : null;
		while (first != null && first.outcome().isDone()) {
			try {
				first.outcome().join();
			}
			catch (CompletionException ex) {
				failed((ex.getCause() != null) ? ex.getCause() : ex);
				return;
			}
			this.inFlight.remove();
			acknowledge(first);
			this.counters.failure(null);
			first = this.inFlight.peek();
		}
	}

	private void acknowledge(PrimaryShipment shipment) {
		reset(shipment.mark().txid(), shipment.mark());
		this.counters.batches.incrementAndGet();
		this.counters.bytes.addAndGet(shipment.content().size());
		shipment.content().close();
	}

	/**
	 * Takes note that the store has failed; the log has to be opened again.
	 * @throws FencedException if a newer leader has fenced the log
	 */
	void failed(Throwable cause) {
		closeWriter();
		if (cause instanceof FencedException fenced) {
			throw fenced;
		}
		this.counters.storeErrors.incrementAndGet();
		this.counters.failure("Cannot append to the log: " + cause.getMessage());
		logger.warn("[{}] Cannot append to the log, transaction {} is the last one acknowledged: {}", this.identity,
				this.txid, cause.getMessage());
	}

	/**
	 * Opens the log again.
	 * @return whether what has been acknowledged is still all that the log holds; if not,
	 * {@link #acknowledged()} is null and {@link #txid()} the last transaction that it
	 * holds or has acknowledged
	 * @throws FencedException if a newer leader has fenced the log
	 * @throws io.hacluster.StoreUnavailableException if the store does not answer
	 */
	boolean reopen() {
		LogWriter opened = this.fence.get();
		boolean same;
		try {
			List<LtxName> names = this.store.list().stream().map(LogEntry::name).toList();
			long last = last(names.stream().filter((name) -> name.level() == LtxName.LEVEL_BATCH));
			for (PrimaryShipment shipment : this.inFlight) {
				if (shipment.mark().txid() <= last) {
					acknowledge(shipment);
				}
				else {
					if (this.returnedSince == null) {
						this.returnedSince = shipment.seen();
					}
					shipment.content().close();
				}
			}
			this.inFlight.clear();
			boolean sameLog = opened.fence().logId().equals(this.logId);
			same = sameLog && last == this.txid;
			if (!same) {
				// In one log no number is given out twice, even if the store has lost
				// acknowledged files: followers have applied them. Nor in one that was
				// wiped and took a snapshot from here before that was noticed.
				reset(sameLog ? Math.max(last, this.txid) : last(names.stream()), null);
			}
		}
		catch (HaClusterException ex) {
			opened.close();
			throw ex;
		}
		open(opened);
		this.counters.failure(null);
		logger.info("[{}] Appending to the log again after transaction {}", this.identity, this.txid);
		return same;
	}

	private static long last(Stream<LtxName> names) {
		return names.mapToLong(LtxName::maxTxid).max().orElse(0);
	}

	/**
	 * Gives up what is in flight and closes the log.
	 */
	void close() {
		closeWriter();
		this.inFlight.forEach((shipment) -> shipment.content().close());
		this.inFlight.clear();
	}

	private void closeWriter() {
		LogWriter open = this.writer;
		this.writer = null;
		if (open != null) {
			open.close();
		}
	}

}
