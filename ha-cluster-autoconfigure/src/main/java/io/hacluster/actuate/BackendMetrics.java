package io.hacluster.actuate;

import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

import io.hacluster.lifecycle.BackendStatus;
import io.hacluster.lifecycle.BackendStatus.State;
import io.hacluster.lifecycle.ClusterStatus;

/**
 * Meters of the backend and its supervision, under {@code ha.cluster.backend}. On a node
 * without a backend all of them are zero.
 */
public class BackendMetrics implements MeterBinder {

	private static final String PREFIX = "ha.cluster.backend.";

	private static final double NANOS_PER_SECOND = 1e9;

	private final Supplier<ClusterStatus> status;

	private final Tags tags;

	/**
	 * Creates the meters.
	 * @param status asked each time a meter is read
	 * @param tags added to each meter
	 */
	public BackendMetrics(Supplier<ClusterStatus> status, Tags tags) {
		this.status = status;
		this.tags = tags;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		for (State state : State.values()) {
			gauge(registry, "state", "What the backend is doing: 1 for the current state", null,
					this.tags.and("state", MeterNames.tagValue(state)),
					(backend) -> (backend.state() == state) ? 1 : 0);
		}
		gauge(registry, "up", "Whether the backend serves on this node", null, this.tags,
				(backend) -> (backend.state() == State.UP) ? 1 : 0);
		gauge(registry, "uptime", "For how long the backend has been running, zero while it does not", "seconds",
				this.tags, (backend) -> backend.uptime().toNanos() / NANOS_PER_SECOND);
		gauge(registry, "cooling", "Whether the node stays out of the race because of its backend", null, this.tags,
				(backend) -> (backend.coolingUntil() != null) ? 1 : 0);
		counter(registry, "starts", "Starts of the backend, restarts included", (backend) -> backend.totals().starts());
		counter(registry, "failures", "Failures of the backend, also to start",
				(backend) -> backend.totals().failures());
		counter(registry, "restarts", "Restarts of the backend on a leader, also in vain",
				(backend) -> backend.totals().restarts());
	}

	private void gauge(MeterRegistry registry, String name, String description, @Nullable String unit, Tags tags,
			ToDoubleFunction<BackendStatus> value) {
		Gauge.builder(PREFIX + name, this.status, (source) -> read(source, value))
			.description(description)
			.baseUnit(unit)
			.tags(tags)
			.register(registry);
	}

	private void counter(MeterRegistry registry, String name, String description,
			ToDoubleFunction<BackendStatus> value) {
		FunctionCounter.builder(PREFIX + name, this.status, (source) -> read(source, value))
			.description(description)
			.tags(this.tags)
			.register(registry);
	}

	private static double read(Supplier<ClusterStatus> source, ToDoubleFunction<BackendStatus> value) {
		BackendStatus backend = source.get().backend();
		return (backend != null) ? value.applyAsDouble(backend) : 0;
	}

}
