package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.wal.WalHeader;

/**
 * Ships the whole database as one transaction: the first of an empty log, or the next one
 * of a log to which the write-ahead log does not connect. It is read and sent by a thread
 * of its own under a read transaction of its own; if the store fails meanwhile, the copy
 * is kept and sent again. Used by the thread that ships, which must not ship anything
 * else nor renew the read lock while a copy is under way.
 */
final class PrimaryFullCopy {

	private static final Logger logger = LoggerFactory.getLogger(PrimaryFullCopy.class);

	private static final long FAILURE_PAUSE = Duration.ofSeconds(2).toNanos();

	private final NodeIdentity identity;

	private final PrimaryShipper shipper;

	private final PrimaryEncoder encoder;

	private final PrimaryCounters counters;

	private final Runnable wake;

	private final Clock clock;

	private final Ticker ticker;

	private volatile Runnable listener = () -> {
	};

	private @Nullable PrimaryCopyJob job;

	private long begunAt;

	private @Nullable Long failedAt;

	PrimaryFullCopy(NodeIdentity identity, PrimaryShipper shipper, PrimaryEncoder encoder, PrimaryCounters counters,
			Runnable wake, Clock clock, Ticker ticker) {
		this.identity = identity;
		this.shipper = shipper;
		this.encoder = encoder;
		this.counters = counters;
		this.wake = wake;
		this.clock = clock;
		this.ticker = ticker;
	}

	/**
	 * Has a listener told of a copy that is not the first transaction of a log.
	 */
	void listener(Runnable listener) {
		this.listener = listener;
	}

	/**
	 * Returns whether a copy is being made or sent, or waits for the store.
	 */
	boolean isUnderWay() {
		return this.job != null;
	}

	/**
	 * Begins a copy of the database as it is committed now, or goes on with it. Nothing
	 * else may be in flight.
	 * @return the transaction and where it ends, null as long as the log has not
	 * acknowledged it
	 * @throws io.hacluster.FencedException if a newer leader has fenced the log
	 */
	@Nullable PrimaryMark advance(PrimaryDatabase database) throws IOException, SQLException {
		PrimaryCopyJob current = this.job;
		if (current == null) {
			begin(database);
			return null;
		}
		if (current.isRunning()) {
			return null;
		}
		long txid = current.mark().txid();
		if (this.shipper.txid() == txid || current.isSent()) {
			return finish(current);
		}
		Exception failure = current.failure();
		if (this.shipper.txid() + 1 != txid) {
			// the log has been wiped meanwhile
			abandon(Duration.ZERO);
		}
		else if (!current.isEncoded() || !(failure instanceof StoreUnavailableException)) {
			drop(current, failure);
		}
		else if (this.shipper.isOpenAs(current.writer())) {
			this.shipper.failed(failure);
		}
		else {
			current.start();
		}
		return null;
	}

	private void begin(PrimaryDatabase database) throws IOException, SQLException {
		Long failed = this.failedAt;
		if (failed != null && this.ticker.nanoTime() - failed < FAILURE_PAUSE) {
			return;
		}
		long txid = this.shipper.txid() + 1;
		this.begunAt = this.ticker.nanoTime();
		PrimaryCopyJob created = PrimaryCopyJob.begin(this.identity, database, txid, this.shipper, this.encoder,
				this.clock.instant(), this.wake);
		logger.info("[{}] Shipping the whole database, {} pages, as transaction {}", this.identity,
				created.mark().pages(), txid);
		this.job = created;
		created.start();
	}

	private PrimaryMark finish(PrimaryCopyJob current) {
		this.job = null;
		this.failedAt = null;
		current.close();
		this.counters.failure(null);
		this.counters.batches.incrementAndGet();
		this.counters.bytes.addAndGet(current.size());
		this.counters.levels.snapshot(current.size(), this.ticker.nanoTime() - this.begunAt);
		if (current.mark().txid() > 1) {
			this.listener.run();
		}
		return current.mark();
	}

	private void drop(PrimaryCopyJob current, @Nullable Exception failure) throws IOException, SQLException {
		this.job = null;
		current.close();
		if (failure == null) {
			return;
		}
		this.failedAt = this.ticker.nanoTime();
		if (failure instanceof HaClusterException known) {
			throw known;
		}
		throw new IOException("The database cannot be copied: " + failure.getMessage(), failure);
	}

	/**
	 * Gives a copy up that is under way, and waits until its thread has let go of the
	 * database. If it may have been sent already, the log has to be opened again, so that
	 * it cannot land later.
	 */
	void abandon(Duration timeout) {
		PrimaryCopyJob current = this.job;
		this.job = null;
		if (current != null) {
			current.abandon(timeout);
			if (this.shipper.isOpenAs(current.writer())) {
				this.shipper.abandon("A copy of the database was abandoned");
			}
		}
	}

	/**
	 * Makes the header of a file with all pages: what it came from is the whole
	 * write-ahead log.
	 */
	static LtxHeader header(PrimaryDatabase database, PrimaryWalState state, long pages, long minTxid, long maxTxid,
			Instant timestamp) {
		LtxHeader header = LtxHeader.noChecksum(database.pageSize(), pages, minTxid, maxTxid, timestamp.toEpochMilli());
		return (state.frames() != 0) ? header.withWal(WalHeader.SIZE, database.endOffset(state) - WalHeader.SIZE,
				state.salt1(), state.salt2()) : header;
	}

}
