package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.function.BooleanSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.wal.WalHeader;

/**
 * Ships the whole database as one transaction: the first of an empty log, or the next one
 * of a log to which the write-ahead log does not connect. Used by the thread that ships.
 */
final class PrimaryFullCopy {

	private static final Logger logger = LoggerFactory.getLogger(PrimaryFullCopy.class);

	private final NodeIdentity identity;

	private final PrimaryShipper shipper;

	private final PrimaryEncoder encoder;

	private final PrimaryCounters counters;

	private final Clock clock;

	private final Ticker ticker;

	private final BooleanSupplier stop;

	private volatile Runnable listener = () -> {
	};

	PrimaryFullCopy(NodeIdentity identity, PrimaryShipper shipper, PrimaryEncoder encoder, PrimaryCounters counters,
			Clock clock, Ticker ticker, BooleanSupplier stop) {
		this.identity = identity;
		this.shipper = shipper;
		this.encoder = encoder;
		this.counters = counters;
		this.clock = clock;
		this.ticker = ticker;
		this.stop = stop;
	}

	/**
	 * Has a listener told of a copy that is not the first transaction of a log.
	 */
	void listener(Runnable listener) {
		this.listener = listener;
	}

	/**
	 * Ships the database as it is committed now. Nothing may be in flight.
	 * @return the transaction and where it ends, with the read lock taken there
	 */
	PrimaryMark ship(PrimaryDatabase database) throws IOException, SQLException {
		long seen = this.ticker.nanoTime();
		long txid = this.shipper.txid() + 1;
		PrimaryWalState state = database.renewReadLock();
		PrimaryMark mark = new PrimaryMark(txid, database.end(state), database.pages(state));
		logger.info("[{}] Shipping the whole database, {} pages, as transaction {}", this.identity, mark.pages(), txid);
		LtxHeader header = header(database, state, mark.pages(), txid, txid, this.clock.instant());
		PrimaryEncoder.EncodedFile file = this.encoder.encode(new PrimaryImage(database, database.walReader(), state),
				header, this.stop);
		this.shipper.reset(this.shipper.txid(), null);
		if (txid == 1) {
			this.shipper.ship(LtxName.snapshot(txid), file, null, seen);
		}
		this.shipper.ship(LtxName.batch(txid), file, mark, seen);
		this.counters.levels.snapshot(file.size(), this.ticker.nanoTime() - seen);
		if (txid > 1) {
			this.listener.run();
		}
		return mark;
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
