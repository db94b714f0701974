package io.hacluster.replication.primary;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.hacluster.Epoch;
import io.hacluster.FencedException;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.connection.WriterVersion;

/**
 * What a primary is made of, put together.
 */
final class PrimaryParts {

	private static final Duration BUSY = Duration.ofSeconds(1);

	final PrimaryCounters counters;

	final PrimarySignal signal = new PrimarySignal();

	final PrimaryEncoder encoder;

	final PrimaryShipper shipper;

	final PrimaryHold hold;

	final PrimaryFullCopy fullCopy;

	final PrimaryEngine engine;

	final PrimaryDeparture departure;

	final SnapshotOpener snapshots;

	final PrimaryLoop loop;

	PrimaryParts(PrimarySettings settings, NodeIdentity identity, Epoch epoch, Path database, Path stateDirectory,
			ReplicaStore store, Supplier<LogWriter> fence, Consumer<FencedException> onFenced, Clock clock,
			Ticker ticker) {
		this.counters = new PrimaryCounters(ticker);
		this.encoder = new PrimaryEncoder(stateDirectory, settings.memoryBytes(), epoch,
				new WriterVersion(identity, database));
		this.shipper = new PrimaryShipper(identity, settings.pipeline(), store, fence, this.counters,
				this.signal::give);
		this.hold = new PrimaryHold(identity, database, BUSY, this.counters);
		this.fullCopy = new PrimaryFullCopy(identity, this.shipper, this.encoder, this.counters, this.signal::give,
				clock, ticker);
		PrimaryTransfer transfer = new PrimaryTransfer(settings.maxBatchBytes(), this.hold, this.shipper, this.encoder,
				new PrimaryBacklog(this.shipper, this.counters, ticker), this.signal, clock, ticker);
		PrimaryCheckpointer checkpointer = new PrimaryCheckpointer(settings, this.counters, this.signal, ticker);
		PrimaryWalBound walBound = new PrimaryWalBound(settings, identity, checkpointer, this.counters, ticker);
		PrimaryRetry retry = new PrimaryRetry(settings.storeRetry(), this.counters, ticker);
		this.engine = new PrimaryEngine(settings.safetyPoll(), this.hold, this.shipper, transfer, this.fullCopy,
				new PrimaryContinuity(store), checkpointer, walBound, retry,
				new PrimaryPace(settings.minBatchInterval(), ticker), this.counters, this.signal);
		this.departure = new PrimaryDeparture(this.engine, transfer, this.hold, this.shipper, checkpointer,
				this.counters, ticker);
		this.snapshots = new SnapshotOpener(transfer, this.hold, this.shipper, settings.busyTimeout(), clock);
		this.loop = new PrimaryLoop(identity, this.engine, this.departure, this.counters, this.signal, ticker,
				onFenced);
	}

}
