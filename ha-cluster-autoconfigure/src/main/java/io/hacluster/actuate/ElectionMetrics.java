package io.hacluster.actuate;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import io.hacluster.election.ElectionStatus;

/**
 * Meters of the election, under {@code ha.cluster.election}.
 */
public class ElectionMetrics implements MeterBinder {

	private static final String PREFIX = "ha.cluster.election.";

	private static final double NANOS_PER_SECOND = 1e9;

	private final Supplier<ElectionStatus> status;

	private final Tags tags;

	/**
	 * Creates the meters.
	 * @param status asked each time a meter is read
	 * @param tags added to each meter
	 */
	public ElectionMetrics(Supplier<ElectionStatus> status, Tags tags) {
		this.status = status;
		this.tags = tags;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		gauge(registry, "candidate", "Whether this node may take the lease", null,
				(status) -> status.candidate() ? 1 : 0);
		gauge(registry, "duplicate.node", "Whether another live process has the id of this node", null,
				(status) -> status.duplicateNodeId() ? 1 : 0);
		gauge(registry, "lateness", "How much later than due the last renewal was sent", "seconds",
				(status) -> seconds(status.lateness()));
		gauge(registry, "lateness.max", "How much later than due a renewal was sent at the worst", "seconds",
				(status) -> seconds(status.maxLateness()));
		counter(registry, "renewals", "Renewals of the lease that succeeded", ElectionStatus::renewals);
		counter(registry, "failures", "Calls to the store of leases that failed or were refused",
				ElectionStatus::failures);
		counter(registry, "terms", "Terms granted to this process", ElectionStatus::terms);
		counter(registry, "losses", "Terms of this process that ended without being given back",
				ElectionStatus::losses);
	}

	private void gauge(MeterRegistry registry, String name, String description, @Nullable String unit,
			ToDoubleFunction<ElectionStatus> value) {
		Gauge.builder(PREFIX + name, this.status, (source) -> value.applyAsDouble(source.get()))
			.description(description)
			.baseUnit(unit)
			.tags(this.tags)
			.register(registry);
	}

	private void counter(MeterRegistry registry, String name, String description,
			ToDoubleFunction<ElectionStatus> value) {
		FunctionCounter.builder(PREFIX + name, this.status, (source) -> value.applyAsDouble(source.get()))
			.description(description)
			.tags(this.tags)
			.register(registry);
	}

	private static double seconds(Duration duration) {
		return duration.toNanos() / NANOS_PER_SECOND;
	}

}
