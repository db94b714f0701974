package io.hacluster.actuate;

import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import io.hacluster.replication.ReplicationStatus;
import io.hacluster.replication.ReplicationStatus.Counters;
import io.hacluster.replication.ReplicationStatus.Upkeep;

/**
 * Meters of the replication, under {@code ha.cluster.replication}.
 */
public class ReplicationMetrics implements MeterBinder {

	private static final String PREFIX = "ha.cluster.replication.";

	private static final String SECONDS = "seconds";

	private static final double NANOS_PER_SECOND = 1e9;

	private final Supplier<ReplicationStatus> status;

	private final Tags tags;

	/**
	 * Creates the meters.
	 * @param status asked each time a meter is read
	 * @param tags added to each meter
	 */
	public ReplicationMetrics(Supplier<ReplicationStatus> status, Tags tags) {
		this.status = status;
		this.tags = tags;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		gauge(registry, "txid", "Last transaction applied here, or acknowledged by the log on the leader", null,
				ReplicationStatus::txid);
		gauge(registry, "log.txid", "Last transaction known to be in the log", null, ReplicationStatus::logTxid);
		gauge(registry, "lag", "How long the oldest unshipped or unapplied transaction has been waiting", SECONDS,
				(status) -> status.lag().toNanos() / NANOS_PER_SECOND);
		gauge(registry, "lag.transactions", "Transactions known to be in the log but not applied here", null,
				(status) -> Math.max(0, status.logTxid() - status.txid()));
		gauge(registry, "failing", "Whether something is wrong with the replication at the moment", null,
				(status) -> (status.failure() != null) ? 1 : 0);
		gauge(registry, "barrier.max", "For how long writers have been kept out at most, for a checkpoint", "seconds",
				(status) -> status.counters().longestBarrier().toNanos() / NANOS_PER_SECOND);
		gauge(registry, "diverged", "Databases set aside that are still there", BaseUnits.FILES,
				(status) -> status.diverged().size());
		for (ReplicationStatus.State state : ReplicationStatus.State.values()) {
			Gauge.builder(PREFIX + "state", this.status, (source) -> (source.get().state() == state) ? 1 : 0)
				.description("What the replication is doing: 1 for the current state")
				.tags(this.tags.and("state", MeterNames.tagValue(state)))
				.register(registry);
		}
		counter(registry, "shipped.batches", "Level-0 files acknowledged by the log", null, Counters::shippedBatches);
		counter(registry, "shipped", "Size of the level-0 files acknowledged by the log", BaseUnits.BYTES,
				Counters::shippedBytes);
		counter(registry, "applied.batches", "Level-0 files applied to the replica", null, Counters::appliedBatches);
		counter(registry, "applied", "Size of the level-0 files applied to the replica", BaseUnits.BYTES,
				Counters::appliedBytes);
		counter(registry, "snapshots", "Snapshots put into the log", null, Counters::snapshots);
		upkeep(registry, "snapshot.size", "Size of the snapshots put into the log", BaseUnits.BYTES,
				Upkeep::snapshotBytes);
		upkeep(registry, "snapshot.time", "Time spent on snapshots", SECONDS,
				(upkeep) -> upkeep.snapshotTime().toNanos() / NANOS_PER_SECOND);
		upkeep(registry, "compactions", "Files put into the levels 1 and up", null, Upkeep::compactions);
		upkeep(registry, "compaction.size", "Size of the files put into the levels 1 and up", BaseUnits.BYTES,
				Upkeep::compactionBytes);
		upkeep(registry, "compaction.time", "Time spent on compaction", SECONDS,
				(upkeep) -> upkeep.compactionTime().toNanos() / NANOS_PER_SECOND);
		upkeep(registry, "retired", "Files removed from the log", BaseUnits.FILES, Upkeep::retiredFiles);
		counter(registry, "checkpoints", "Checkpoints of the write-ahead log", null, Counters::checkpoints);
		counter(registry, "restores", "Replicas built from the log", null, Counters::restores);
		counter(registry, "store.errors", "Failures of the store of the log", null, Counters::storeErrors);
		counter(registry, "fence.rejections", "Appends refused because a newer leader had fenced the log", null,
				Counters::fenceRejections);
		counter(registry, "divergences", "Databases set aside because the log went another way", null,
				Counters::divergences);
	}

	private void gauge(MeterRegistry registry, String name, String description, @Nullable String unit,
			ToDoubleFunction<ReplicationStatus> value) {
		Gauge.builder(PREFIX + name, this.status, (source) -> value.applyAsDouble(source.get()))
			.description(description)
			.baseUnit(unit)
			.tags(this.tags)
			.register(registry);
	}

	private void upkeep(MeterRegistry registry, String name, String description, @Nullable String unit,
			ToDoubleFunction<Upkeep> value) {
		counter(registry, name, description, unit, (counters) -> value.applyAsDouble(counters.upkeep()));
	}

	private void counter(MeterRegistry registry, String name, String description, @Nullable String unit,
			ToDoubleFunction<Counters> value) {
		FunctionCounter.builder(PREFIX + name, this.status, (source) -> value.applyAsDouble(source.get().counters()))
			.description(description)
			.baseUnit(unit)
			.tags(this.tags)
			.register(registry);
	}

}
