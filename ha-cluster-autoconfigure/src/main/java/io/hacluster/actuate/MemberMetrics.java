package io.hacluster.actuate;

import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.hacluster.ClusterRole;
import io.hacluster.member.ClusterView;
import io.hacluster.member.ClusterView.Seen;

/**
 * Meters of the cluster as this node sees it, under {@code ha.cluster}.
 */
public class MemberMetrics implements MeterBinder {

	private static final String PREFIX = "ha.cluster.";

	private final Supplier<ClusterView> view;

	private final Tags tags;

	/**
	 * Creates the meters.
	 * @param view asked each time a meter is read
	 * @param tags added to each meter
	 */
	public MemberMetrics(Supplier<ClusterView> view, Tags tags) {
		this.view = view;
		this.tags = tags;
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		gauge(registry, "paused", "Whether an operator has the cluster do nothing by itself",
				(view) -> (view.pause() != null) ? 1 : 0);
		gauge(registry, "members", "Nodes of the cluster that this node knows of", (view) -> view.members().size());
		gauge(registry, "members.alive", "Nodes that have said something lately",
				(view) -> view.members().stream().filter(Seen::alive).count());
		gauge(registry, "members.leading", "Nodes that are alive and say that they lead",
				(view) -> view.members().stream().filter(MemberMetrics::leads).count());
		gauge(registry, "members.current", "Whether what this node knows of the others is up to date",
				(view) -> view.current() ? 1 : 0);
	}

	private static boolean leads(Seen seen) {
		return seen.alive() && seen.member().role() == ClusterRole.LEADER;
	}

	private void gauge(MeterRegistry registry, String name, String description, ToDoubleFunction<ClusterView> value) {
		Gauge.builder(PREFIX + name, this.view, (source) -> value.applyAsDouble(source.get()))
			.description(description)
			.tags(this.tags)
			.register(registry);
	}

}
