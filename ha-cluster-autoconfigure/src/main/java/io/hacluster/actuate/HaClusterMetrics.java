package io.hacluster.actuate;

import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import io.hacluster.ClusterRole;
import io.hacluster.lifecycle.ClusterStatus;
import io.hacluster.lifecycle.LifecycleState;

/**
 * Meters of the node, under {@code ha.cluster}.
 */
public class HaClusterMetrics implements MeterBinder {

	private static final String PREFIX = "ha.cluster.";

	private static final double NANOS_PER_SECOND = 1e9;

	private final Supplier<ClusterStatus> status;

	private final Duration leaseDuration;

	private final Tags tags;

	/**
	 * Creates the meters.
	 * @param status asked each time a meter is read
	 * @param leaseDuration how long a lease stands without renewal
	 * @param tags added to each meter
	 */
	public HaClusterMetrics(Supplier<ClusterStatus> status, Duration leaseDuration, Tags tags) {
		this.status = status;
		this.leaseDuration = leaseDuration;
		this.tags = tags;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		gauge(registry, "leader", "Whether this node leads", null, this.tags,
				(status) -> oneIf(status.role() == ClusterRole.LEADER));
		gauge(registry, "leader.known", "Whether this node knows of a leader", null, this.tags,
				(status) -> oneIf(status.leader().isPresent()));
		gauge(registry, "epoch", "Epoch of the term this node leads, or the latest it has seen", null, this.tags,
				(status) -> status.epoch().value());
		gauge(registry, "lease.remaining", "What is left of the lease of this node, zero without one", "seconds",
				this.tags, (status) -> seconds(status.leaseRemaining()));
		gauge(registry, "lease.duration", "How long a lease stands without renewal, as configured", "seconds",
				this.tags, (status) -> seconds(this.leaseDuration));
		for (LifecycleState state : LifecycleState.values()) {
			gauge(registry, "state", "What the node is doing: 1 for the current state", null,
					this.tags.and("state", MeterNames.tagValue(state)), (status) -> oneIf(status.state() == state));
		}
	}

	private void gauge(MeterRegistry registry, String name, String description, @Nullable String unit, Tags tags,
			ToDoubleFunction<ClusterStatus> value) {
		Gauge.builder(PREFIX + name, this.status, (source) -> value.applyAsDouble(source.get()))
			.description(description)
			.baseUnit(unit)
			.tags(tags)
			.register(registry);
	}

	private static double seconds(@Nullable Duration duration) {
		return (duration != null) ? Math.max(0, duration.toNanos() / NANOS_PER_SECOND) : 0;
	}

	private static int oneIf(boolean condition) {
		return condition ? 1 : 0;
	}

}
