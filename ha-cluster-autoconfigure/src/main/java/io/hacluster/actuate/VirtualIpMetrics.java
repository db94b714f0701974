package io.hacluster.actuate;

import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.hacluster.vip.VirtualIpStatus;

/**
 * Meters of the virtual IP, under {@code ha.cluster.vip}.
 */
public class VirtualIpMetrics implements MeterBinder {

	private static final String PREFIX = "ha.cluster.vip.";

	private final Supplier<VirtualIpStatus> status;

	private final Tags tags;

	/**
	 * Creates the meters.
	 * @param status asked each time a meter is read
	 * @param tags added to each meter
	 */
	public VirtualIpMetrics(Supplier<VirtualIpStatus> status, Tags tags) {
		this.status = status;
		this.tags = tags;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		gauge(registry, "held", "Whether this node has the virtual IP", (status) -> status.held() ? 1 : 0);
		gauge(registry, "failing", "Whether something is wrong with the virtual IP",
				(status) -> (status.problem() != null) ? 1 : 0);
		counter(registry, "announcements", "Announcements sent, counting each address", VirtualIpStatus::announcements);
		counter(registry, "repairs", "How often addresses were put back that had been taken away",
				VirtualIpStatus::repairs);
		counter(registry, "conflicts", "How often a stranger had an address, or claimed one that was held",
				VirtualIpStatus::conflicts);
	}

	private void gauge(MeterRegistry registry, String name, String description,
			ToDoubleFunction<VirtualIpStatus> value) {
		Gauge.builder(PREFIX + name, this.status, (source) -> value.applyAsDouble(source.get()))
			.description(description)
			.tags(this.tags)
			.register(registry);
	}

	private void counter(MeterRegistry registry, String name, String description,
			ToDoubleFunction<VirtualIpStatus> value) {
		FunctionCounter.builder(PREFIX + name, this.status, (source) -> value.applyAsDouble(source.get()))
			.description(description)
			.tags(this.tags)
			.register(registry);
	}

}
