package io.hacluster.actuate;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import io.micrometer.core.instrument.Tags;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.election.ElectionStatus;
import io.hacluster.lifecycle.BackendStatus;
import io.hacluster.lifecycle.BackendStatus.State;
import io.hacluster.lifecycle.ClusterStatus;
import io.hacluster.lifecycle.LifecycleState;
import io.hacluster.lifecycle.StepReport;
import io.hacluster.lifecycle.TransitionCause;
import io.hacluster.lifecycle.TransitionReport;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.ReplicationStatus;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The names and values that Prometheus scrapes; changing one breaks dashboards.
 */
class HaClusterMetricsTests {

	private static final Tags TAGS = Tags.of("cluster", "c", "node", "a");

	private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

	@Test
	void scrapeHasTheMetersOfTheNode() {
		new HaClusterMetrics(
				() -> new ClusterStatus(new NodeId("a"), ClusterRole.LEADER, LifecycleState.LEADER, new Epoch(7),
						Optional.empty(), Duration.ofMillis(7500), null, null, null, null),
				Duration.ofSeconds(10), TAGS)
			.bindTo(this.registry);
		assertThat(scrape()).contains("ha_cluster_leader{cluster=\"c\",node=\"a\"} 1.0",
				"ha_cluster_leader_known{cluster=\"c\",node=\"a\"} 0.0",
				"ha_cluster_epoch{cluster=\"c\",node=\"a\"} 7.0",
				"ha_cluster_lease_remaining_seconds{cluster=\"c\",node=\"a\"} 7.5",
				"ha_cluster_state{cluster=\"c\",node=\"a\",state=\"leader\"} 1.0",
				"ha_cluster_state{cluster=\"c\",node=\"a\",state=\"follower\"} 0.0");
	}

	@Test
	void scrapeHasTheMetersOfTheBackend() {
		new BackendMetrics(() -> status(new BackendStatus(State.UP, null, 0, 3, null, Instant.EPOCH,
				Duration.ofMillis(1500), new BackendStatus.Totals(5, 4, 3))), TAGS)
			.bindTo(this.registry);
		String labels = "{cluster=\"c\",node=\"a\"} ";
		assertThat(scrape()).contains("ha_cluster_backend_state{cluster=\"c\",node=\"a\",state=\"up\"} 1.0",
				"ha_cluster_backend_state{cluster=\"c\",node=\"a\",state=\"restarting\"} 0.0",
				"ha_cluster_backend_up" + labels + "1.0", "ha_cluster_backend_uptime_seconds" + labels + "1.5",
				"ha_cluster_backend_cooling" + labels + "1.0", "ha_cluster_backend_starts_total" + labels + "5.0",
				"ha_cluster_backend_failures_total" + labels + "4.0",
				"ha_cluster_backend_restarts_total" + labels + "3.0");
	}

	@Test
	void metersOfTheBackendAreZeroWithoutOne() {
		new BackendMetrics(() -> status(null), TAGS).bindTo(this.registry);
		assertThat(scrape()).contains("ha_cluster_backend_up{cluster=\"c\",node=\"a\"} 0.0",
				"ha_cluster_backend_restarts_total{cluster=\"c\",node=\"a\"} 0.0");
	}

	private static ClusterStatus status(@Nullable BackendStatus backend) {
		return new ClusterStatus(new NodeId("a"), ClusterRole.LEADER, LifecycleState.LEADER, new Epoch(7),
				Optional.empty(), null, null, null, null, backend);
	}

	@Test
	void scrapeHasTheMetersOfTheElection() {
		new ElectionMetrics(() -> new ElectionStatus(true, true, null, null, Duration.ofMillis(5),
				Duration.ofMillis(250), 1, 2, 3, 4), TAGS)
			.bindTo(this.registry);
		String labels = "{cluster=\"c\",node=\"a\"} ";
		assertThat(scrape()).contains("ha_cluster_election_candidate" + labels + "1.0",
				"ha_cluster_election_duplicate_node" + labels + "1.0",
				"ha_cluster_election_lateness_seconds" + labels + "0.005",
				"ha_cluster_election_lateness_max_seconds" + labels + "0.25",
				"ha_cluster_election_renewals_total" + labels + "1.0",
				"ha_cluster_election_failures_total" + labels + "2.0",
				"ha_cluster_election_terms_total" + labels + "3.0",
				"ha_cluster_election_losses_total" + labels + "4.0");
	}

	@Test
	void scrapeHasTheMetersOfTheReplication() {
		new ReplicationMetrics(
				() -> new ReplicationStatus(ReplicationStatus.State.AWAITING_DATABASE, 40, 42, Duration.ofMillis(250),
						"x", List.of(new DivergedDatabase(Path.of("f"), new Epoch(1), Instant.EPOCH, 1, null, "test")),
						new ReplicationStatus.Counters(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, new ReplicationStatus.Upkeep(10,
								Duration.ofSeconds(11), 12, 13, Duration.ofMillis(500), 14), Duration.ofMillis(20))),
				TAGS)
			.bindTo(this.registry);
		String labels = "{cluster=\"c\",node=\"a\"} ";
		assertThat(scrape()).contains("ha_cluster_replication_txid" + labels + "40.0",
				"ha_cluster_replication_log_txid" + labels + "42.0",
				"ha_cluster_replication_lag_seconds" + labels + "0.25",
				"ha_cluster_replication_lag_transactions" + labels + "2.0",
				"ha_cluster_replication_failing" + labels + "1.0",
				"ha_cluster_replication_barrier_max_seconds" + labels + "0.02",
				"ha_cluster_replication_diverged_files" + labels + "1.0",
				"ha_cluster_replication_state{cluster=\"c\",node=\"a\",state=\"awaiting-database\"} 1.0",
				"ha_cluster_replication_shipped_batches_total" + labels + "1.0",
				"ha_cluster_replication_shipped_bytes_total" + labels + "2.0",
				"ha_cluster_replication_applied_batches_total" + labels + "3.0",
				"ha_cluster_replication_applied_bytes_total" + labels + "4.0",
				"ha_cluster_replication_snapshots_total" + labels + "5.0",
				"ha_cluster_replication_snapshot_size_bytes_total" + labels + "10.0",
				"ha_cluster_replication_snapshot_time_seconds_total" + labels + "11.0",
				"ha_cluster_replication_compactions_total" + labels + "12.0",
				"ha_cluster_replication_compaction_size_bytes_total" + labels + "13.0",
				"ha_cluster_replication_compaction_time_seconds_total" + labels + "0.5",
				"ha_cluster_replication_retired_files_total" + labels + "14.0",
				"ha_cluster_replication_checkpoints_total" + labels + "6.0",
				"ha_cluster_replication_restores_total" + labels + "7.0",
				"ha_cluster_replication_store_errors_total" + labels + "8.0",
				"ha_cluster_replication_fence_rejections_total" + labels + "9.0",
				"ha_cluster_replication_divergences_total" + labels + "10.0");
	}

	@Test
	void scrapeHasTheTimesOfStepsAndSequences() {
		StepMetrics metrics = new StepMetrics(TAGS);
		metrics.bindTo(this.registry);
		metrics.stepFinished(TransitionReport.Kind.PROMOTION, new Epoch(1),
				new StepReport("start-backend", StepReport.Outcome.TIMED_OUT, Duration.ofSeconds(2), "late"));
		metrics.stepFinished(TransitionReport.Kind.PROMOTION, new Epoch(1),
				new StepReport("acquire-vip", StepReport.Outcome.SKIPPED, Duration.ZERO, "none"));
		metrics.transitionFinished(new TransitionReport(TransitionReport.Kind.URGENT_STEP_DOWN, new Epoch(1),
				TransitionCause.LEASE_LOST, "lost", Instant.EPOCH, Duration.ofSeconds(3), List.of(), null));
		assertThat(scrape()).contains(
				"ha_cluster_steps_seconds_sum{cluster=\"c\",node=\"a\",outcome=\"timed-out\",sequence=\"promotion\","
						+ "step=\"start-backend\"} 2.0",
				"ha_cluster_transitions_seconds_count{cause=\"lease-lost\",cluster=\"c\",node=\"a\",outcome=\"completed\","
						+ "sequence=\"urgent-step-down\"} 1",
				"ha_cluster_transitions_seconds_count{cause=\"elected\",cluster=\"c\",node=\"a\",outcome=\"failed\",sequence=\"promotion\"} 0")
			.doesNotContain("acquire-vip");
	}

	private String scrape() {
		return this.registry.scrape();
	}

}
