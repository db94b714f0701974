package io.hacluster.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.support.GenericApplicationContext;

import io.hacluster.Epoch;
import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.election.Lease;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.VersionedLease;
import io.hacluster.election.local.LocalLeaseStore;
import io.hacluster.event.LeadershipGrantedEvent;
import io.hacluster.member.Members;
import io.hacluster.operation.ClusterOperations;
import io.hacluster.replication.Replication;
import io.hacluster.replication.ReplicationStatus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Nodes of one cluster in this JVM, each with all that Spring Boot brings.
 */
final class OperatedCluster implements AutoCloseable {

	/**
	 * How long an operation may take. None of the tests waits as long.
	 */
	static final Duration PATIENCE = Duration.ofSeconds(60);

	private final Map<String, ConfigurableApplicationContext> nodes = new LinkedHashMap<>();

	private final Map<String, Cable> cables = new LinkedHashMap<>();

	private final List<String> properties;

	/**
	 * Whoever has led, in order.
	 */
	final List<String> leaders = new CopyOnWriteArrayList<>();

	OperatedCluster(String... properties) {
		this.properties = List.of(properties);
	}

	/**
	 * Creates a cluster in which nobody waits for the end of a lease, and no pause of
	 * this JVM costs one.
	 */
	static OperatedCluster local(Path directory) {
		return local(directory, "60s", "1s");
	}

	/**
	 * Creates a cluster in which a lease can be waited for. One may also be lost because
	 * the machine is busy.
	 */
	static OperatedCluster withShortLease(Path directory) {
		return local(directory, "4s", "500ms");
	}

	private static OperatedCluster local(Path directory, String lease, String renewal) {
		return new OperatedCluster("ha.cluster.name=test", "ha.cluster.store=local",
				"ha.cluster.local.directory=" + directory.resolve("store"),
				"ha.cluster.election.lease-duration=" + lease, "ha.cluster.election.renew-interval=" + renewal);
	}

	/**
	 * Starts a node, and waits until all nodes know each other.
	 */
	OperatedCluster start(String node, String... more) {
		return start(node, (context) -> {
		}, more);
	}

	/**
	 * Starts a node whose replication only says that it is so far in a log of ten.
	 */
	OperatedCluster replicating(String node, long position, Duration lag) {
		Replication replication = mock(Replication.class);
		given(replication.status()).willReturn(new ReplicationStatus(ReplicationStatus.State.FOLLOWING, position, 10,
				lag, null, List.of(), new ReplicationStatus.Counters(0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
						ReplicationStatus.Upkeep.NONE, Duration.ZERO)));
		given(replication.logEpoch()).willReturn(Epoch.NONE);
		given(replication.flush(any())).willReturn(true);
		return start(node, (context) -> context.registerBean(Replication.class, () -> replication));
	}

	private OperatedCluster start(String node, Consumer<GenericApplicationContext> customizer, String... more) {
		Cable cable = new Cable();
		this.cables.put(node, cable);
		this.nodes.put(node, new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties(Stream.of(this.properties.stream(), Stream.of(more), Stream.of("ha.cluster.node-id=" + node))
				.flatMap((it) -> it)
				.toArray(String[]::new))
			.initializers((context) -> {
				context.addApplicationListener((event) -> {
					if (event instanceof PayloadApplicationEvent<?> payload
							&& payload.getPayload() instanceof LeadershipGrantedEvent) {
						this.leaders.add(node);
					}
				});
				pluggable((GenericApplicationContext) context, cable);
				customizer.accept((GenericApplicationContext) context);
			})
			.run());
		awaitAcquainted();
		awaitAble(node);
		return this;
	}

	/**
	 * Waits until every node knows that one could lead.
	 */
	void awaitAble(String node) {
		await().untilAsserted(() -> {
			for (String each : this.nodes.keySet()) {
				assertThat(bean(each, Members.class).view().member(new NodeId(node))).get()
					.matches((seen) -> seen.member().eligible() || seen.member().priority() == 0);
			}
		});
	}

	/**
	 * Has the local store of leases behind a cable that can be pulled.
	 */
	private static void pluggable(GenericApplicationContext context, Cable cable) {
		String directory = context.getEnvironment().getProperty("ha.cluster.local.directory");
		if (directory != null) {
			context.registerBean(LeaseStore.class, () -> new PluggableLeaseStore(
					new LocalLeaseStore(context.getBean(NodeIdentity.class), Path.of(directory)), cable));
		}
	}

	private void awaitAcquainted() {
		await().untilAsserted(() -> {
			for (String node : this.nodes.keySet()) {
				assertThat(bean(node, Members.class).view().members())
					.filteredOn((seen) -> seen.alive() && !seen.member().state().equals("DEMOTING"))
					.extracting((seen) -> seen.member().nodeId().value())
					.containsAll(this.nodes.keySet());
			}
		});
	}

	<T> T bean(String node, Class<T> type) {
		return this.nodes.get(node).getBean(type);
	}

	ClusterOperations operations(String node) {
		return bean(node, ClusterOperations.class);
	}

	Leadership leadership(String node) {
		return bean(node, Leadership.class);
	}

	void awaitLeader(String node) {
		await().until(() -> leadership(node).isLeader());
		await().untilAsserted(() -> {
			for (String each : this.nodes.keySet()) {
				assertThat(leadership(each).leader()).get()
					.extracting(Leadership.Leader::nodeId)
					.isEqualTo(new NodeId(node));
			}
		});
		awaitAcquainted();
	}

	/**
	 * Waits until every node sees a pause, or sees none.
	 */
	void awaitPaused(boolean paused) {
		await().untilAsserted(() -> {
			for (String each : this.nodes.keySet()) {
				assertThat(bean(each, Members.class).view().pause() != null).isEqualTo(paused);
			}
		});
	}

	boolean isLed() {
		return this.nodes.keySet().stream().anyMatch((node) -> leadership(node).isLeader());
	}

	/**
	 * Cuts a node off the leases, so that it loses the one it holds.
	 */
	void pull(String node) {
		this.cables.get(node).pulled = true;
	}

	void stop(String node) {
		this.nodes.remove(node).close();
		this.cables.remove(node);
	}

	@Override
	public void close() {
		List<ConfigurableApplicationContext> open = new ArrayList<>(this.nodes.values());
		this.nodes.clear();
		open.forEach(ConfigurableApplicationContext::close);
	}

	@SpringBootConfiguration
	@EnableAutoConfiguration
	static class Application {

	}

	private static final class Cable {

		volatile boolean pulled;

		void check() {
			if (this.pulled) {
				throw new StoreUnavailableException("The cable is pulled", new IOException("pulled"));
			}
		}

	}

	private record PluggableLeaseStore(LeaseStore store, Cable cable) implements LeaseStore {

		@Override
		public Optional<VersionedLease> read(String key) {
			this.cable.check();
			return this.store.read(key);
		}

		@Override
		public SortedSet<String> keys() {
			return this.store.keys();
		}

		@Override
		public VersionedLease create(String key, Lease lease) {
			this.cable.check();
			return this.store.create(key, lease);
		}

		@Override
		public VersionedLease update(String key, Lease lease, long expectedRevision) {
			this.cable.check();
			return this.store.update(key, lease, expectedRevision);
		}

		@Override
		public Watch watch(String key, Runnable changed) {
			return this.store.watch(key, changed);
		}

		@Override
		public void close() {
			this.store.close();
		}

	}

}
