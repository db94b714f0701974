package io.hacluster.actuate;

import java.util.List;

import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

import io.hacluster.vip.VirtualIpStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link VirtualIpMetrics}.
 */
class VirtualIpMetricsTests {

	@Test
	void scrapeHasTheMetersOfTheVirtualIp() {
		PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		new VirtualIpMetrics(
				() -> new VirtualIpStatus(true, "eth0", List.of("10.0.0.100/24"), null, "no carrier", null, 1, 2, 3),
				Tags.of("cluster", "c", "node", "a"))
			.bindTo(registry);
		String labels = "{cluster=\"c\",node=\"a\"} ";
		assertThat(registry.scrape().lines().filter((line) -> !line.startsWith("#"))).contains(
				"ha_cluster_vip_held" + labels + "1.0", "ha_cluster_vip_failing" + labels + "1.0",
				"ha_cluster_vip_announcements_total" + labels + "1.0", "ha_cluster_vip_repairs_total" + labels + "2.0",
				"ha_cluster_vip_conflicts_total" + labels + "3.0");
		assertThat(registry.scrape())
			.contains("# HELP ha_cluster_vip_conflicts_total How often a stranger had an address, "
					+ "or claimed one that was held");
	}

}
