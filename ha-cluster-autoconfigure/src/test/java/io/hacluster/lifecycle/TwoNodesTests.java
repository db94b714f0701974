package io.hacluster.lifecycle;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.backend.ProcessBackend;
import io.hacluster.backend.ProcessSettings;
import io.hacluster.election.Candidate;
import io.hacluster.election.ElectionSettings;
import io.hacluster.election.LeaderElector;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.local.LocalLeaseStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Two nodes with a real election, real time and real backend processes.
 */
class TwoNodesTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	/**
	 * Nobody waits for the end of a lease, and no pause of this JVM costs one.
	 */
	private static final Duration LEASE = Duration.ofMinutes(2);

	private final List<ClusterLifecycle> lifecycles = new ArrayList<>();

	private final List<LeaseStore> stores = new ArrayList<>();

	private volatile boolean done;

	private volatile int overlaps;

	@TempDir
	Path directory;

	@AfterEach
	void close() {
		this.done = true;
		this.lifecycles.forEach((lifecycle) -> lifecycle.stop(Duration.ofSeconds(10)));
		this.stores.forEach(LeaseStore::close);
	}

	@Test
	void stepDownHandsOverToTheOtherNodeWithoutWaitingForTheLease() {
		ClusterLifecycle first = node("a");
		awaitLeader(first);
		ClusterLifecycle second = node("b");
		await().until(() -> second.leadership().leader().isPresent());
		Epoch epoch = first.leadership().epoch();
		long begin = System.nanoTime();
		assertThat(first.leadership().stepDown()).isTrue();
		awaitLeader(second);
		assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LEASE);
		assertThat(second.leadership().epoch()).isGreaterThan(epoch);
		await().until(() -> first.leadership().leader().map((it) -> it.nodeId().value()).orElse("").equals("b"));
		assertThat(first.leadership().isLeader()).isFalse();
	}

	@Test
	void backendThatDiesMovesTheLeadershipToTheOtherNode() throws Exception {
		// Peer defect 23: a crashed backend never failed over.
		ClusterLifecycle first = node("a");
		awaitLeader(first);
		ClusterLifecycle second = node("b");
		// What has been started becomes the program of the backend a moment later.
		ProcessHandle backend = await().until(TwoNodesTests::backend, Optional::isPresent).orElseThrow();
		backend.destroyForcibly();
		awaitLeader(second);
		assertThat(first.status().lastFailure().message()).contains("exited with code 137");
	}

	@Test
	void stopHandsOverAndStartJoinsAgain() throws Exception {
		// Peer defect 17: two primaries for 10 to 23 s.
		ClusterLifecycle first = node("a");
		awaitLeader(first);
		ClusterLifecycle second = node("b");
		Thread observer = new Thread(() -> observe(first, second));
		observer.start();
		first.stop(PATIENCE);
		awaitLeader(second);
		first.start();
		await().until(() -> first.leadership().leader().isPresent());
		assertThat(first.leadership().isLeader()).isFalse();
		second.stop(PATIENCE);
		awaitLeader(first);
		this.done = true;
		observer.join();
		assertThat(this.overlaps).isZero();
	}

	private void observe(ClusterLifecycle first, ClusterLifecycle second) {
		while (!this.done) {
			boolean before = first.leadership().isLeader();
			boolean other = second.leadership().isLeader();
			// Led before and after: it led in between, too.
			this.overlaps = (before && other && first.leadership().isLeader()) ? this.overlaps + 1 : this.overlaps;
			Thread.yield();
		}
	}

	private static Optional<ProcessHandle> backend() {
		return ProcessHandle.current()
			.children()
			.filter((child) -> child.info().arguments().map((it) -> List.of(it).contains("1000")).orElse(false))
			.findFirst();
	}

	private static void awaitLeader(ClusterLifecycle lifecycle) {
		await().until(lifecycle.leadership()::isLeader);
	}

	private ClusterLifecycle node(String name) {
		NodeIdentity identity = new NodeIdentity("test", new NodeId(name), UUID.randomUUID().toString());
		LeaseStore store = new LocalLeaseStore(identity, this.directory.resolve("leases"));
		this.stores.add(store);
		ElectionSettings election = ElectionSettings.of(LEASE, Duration.ofSeconds(2), "");
		ProcessBackend backend = new ProcessBackend(identity,
				new ProcessSettings("test", List.of("sleep", "1000"), null, Map.of(), this.directory.resolve(name)));
		ClusterLifecycle lifecycle = new ClusterLifecycle(identity,
				new LifecycleSettings(LEASE, election.margin(), StepTimeouts.of(PATIENCE, Duration.ofSeconds(5)),
						LifecycleFixture.NO_RESTARTS),
				new ClusterParts(null, null, backend), () -> new LeaderElector(store, identity, election,
						Candidate.always(), Ticker.SYSTEM, RandomGenerator.getDefault()),
				(event) -> {
				}, StepObserver.NONE, Clock.systemUTC(), () -> false);
		this.lifecycles.add(lifecycle);
		lifecycle.start();
		return lifecycle;
	}

}
