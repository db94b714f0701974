package io.hacluster.replication.nats;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.FencedException;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.replication.Contents;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.RecordingObserver;
import io.hacluster.replication.ReplicaStore.LogTail;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Takeovers from a leader that has a full window of messages under way, which arrive
 * during or after the takeover, or never.
 */
class NatsFenceTests {

	private static final NodeIdentity STALE = new NodeIdentity("test", new NodeId("stale"), "s");

	private static final NodeIdentity NEXT = new NodeIdentity("test", new NodeId("next"), "n");

	@TempDir
	static Path directory;

	private static NatsServer server;

	@BeforeAll
	static void startServer() {
		server = NatsServer.start(directory.resolve("nats"));
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@Test
	void fullWindowArrivingAfterTheTakeoverIsRefused() throws Exception {
		assertThat(takeovers("after", 40, FenceBurn.LENGTH, true, Arrival.AFTER)).isZero();
	}

	@Test
	void fullWindowArrivingAfterTheTakeoverIsRefusedByTheBurnAlone() throws Exception {
		assertThat(takeovers("alone", 40, FenceBurn.LENGTH, false, Arrival.AFTER)).isZero();
	}

	@Test
	void fullWindowArrivingDuringTheTakeoverIsRefused() throws Exception {
		assertThat(takeovers("during", 40, FenceBurn.LENGTH, false, Arrival.DURING)).isZero();
	}

	@Test
	void fullWindowOfALostConnectionNeverArrives() throws Exception {
		assertThat(takeovers("lost", 20, FenceBurn.LENGTH, false, Arrival.LOST)).isZero();
	}

	/**
	 * Servers from 2.11 on refuse stale writes by the sequence of the fence as well;
	 * older ones ignore the condition, which the probe finds out.
	 */
	@Test
	void withoutTheBurnTheConditionOnTheFenceHoldsWhereTheServerKnowsIt() throws Exception {
		int leaks = takeovers("guarded", 10, 0, true, Arrival.AFTER);
		if (knowsSubjectCondition()) {
			assertThat(leaks).isZero();
		}
		else {
			assertThat(leaks).isPositive();
		}
	}

	private static boolean knowsSubjectCondition() {
		String[] version = NatsServer.version().split("\\.");
		return Integer.parseInt(version[0]) > 2 || Integer.parseInt(version[1]) >= 11;
	}

	/**
	 * Shows that the tests above would notice: without the burn, on a server that knows
	 * only the expected last sequence, stale writes land behind the fence.
	 */
	@Test
	void withoutTheBurnStaleWritesLandBehindTheFence() throws Exception {
		assertThat(takeovers("leaking", 10, 0, false, Arrival.AFTER)).isGreaterThanOrEqualTo(8);
	}

	/**
	 * Returns in how many takeovers something of the stale leader landed behind the
	 * fence.
	 */
	private int takeovers(String name, int count, int burn, boolean probing, Arrival arrival) throws Exception {
		// A request on a connection that is lost has no answer to be patient for
		NatsReplicaStoreSettings settings = (arrival != Arrival.LOST)
				? PatientSettings.of(name, directory.resolve("spool"))
				: NatsReplicaStoreSettings.of(name, directory.resolve("spool"));
		Map<Long, LogOffset> fences = new HashMap<>();
		try (HoldingProxy proxy = new HoldingProxy(server.port());
				NatsReplicaStore stale = store(proxy.url(), settings, STALE, burn, probing);
				NatsReplicaStore next = store(server.url(), settings, NEXT, burn, probing)) {
			// the probe needs a fence to compare with, which without the burn the first
			// lacks
			stale.fence(Epoch.NONE, STALE).close();
			RecordingObserver observer = new RecordingObserver();
			try (LogTail tail = next.tail(LogOffset.START, observer)) {
				LogOffset end = LogOffset.START;
				for (int i = 0; i < count; i++) {
					end = takeover(proxy, stale, next, 2L * i + 1, arrival, fences);
				}
				observer.awaitReached(end);
				if (burn > 0) {
					assertThat(observer.events()).doesNotContain("broken", "interrupted");
				}
			}
			return (int) next.list()
				.stream()
				.filter((entry) -> isBehindTheNextFence(entry, fences))
				.map(NatsFenceTests::epoch)
				.distinct()
				.count();
		}
	}

	/**
	 * As a leader does: a request that went down with its connection is made again.
	 */
	private static LogWriter fence(NatsReplicaStore store, long epoch, NodeIdentity node) {
		long deadline = System.nanoTime() + Duration.ofMinutes(1).toNanos();
		while (true) {
			try {
				return store.fence(new Epoch(epoch), node);
			}
			catch (StoreUnavailableException ex) {
				if (System.nanoTime() - deadline > 0) {
					throw ex;
				}
			}
		}
	}

	private static LogOffset takeover(HoldingProxy proxy, NatsReplicaStore stale, NatsReplicaStore next, long epoch,
			Arrival arrival, Map<Long, LogOffset> fences) throws Exception {
		List<CompletableFuture<LogEntry>> underWay = new ArrayList<>();
		try (LogWriter old = fence(stale, epoch, STALE)) {
			append(old, epoch, 1).join();
			proxy.hold();
			for (int n = 2; n <= FenceBurn.LENGTH / 2 + 1; n++) {
				underWay.add(append(old, epoch, n));
			}
			if (arrival == Arrival.DURING) {
				CompletableFuture.runAsync(proxy::release);
			}
			try (LogWriter writer = fence(next, epoch + 1, NEXT)) {
				fences.put(epoch, writer.fence().offset());
				append(writer, epoch + 1, 1).join();
				if (arrival == Arrival.LOST) {
					proxy.cut();
				}
				proxy.release();
				for (CompletableFuture<LogEntry> future : underWay) {
					Awaitility.await().pollInterval(Duration.ofMillis(1)).until(future::isDone);
				}
				if (arrival == Arrival.AFTER) {
					assertThat(catchThrowable(underWay.get(0)::join)).hasCauseInstanceOf(FencedException.class);
				}
				return catchThrowable(() -> append(writer, epoch + 1, 2).join()) == null
						? append(writer, epoch + 1, 3).join().offset() : writer.fence().offset();
			}
		}
	}

	private static CompletableFuture<LogEntry> append(LogWriter writer, long epoch, int n) {
		return writer.append(LtxName.batch((epoch << 20) + n), Instant.EPOCH, Contents.of("epoch " + epoch));
	}

	private static boolean isBehindTheNextFence(LogEntry entry, Map<Long, LogOffset> fences) {
		LogOffset fence = fences.get(epoch(entry));
		return fence != null && entry.offset().compareTo(fence) > 0;
	}

	private static long epoch(LogEntry entry) {
		return entry.name().maxTxid() >> 20;
	}

	private static NatsReplicaStore store(String url, NatsReplicaStoreSettings settings, NodeIdentity node, int burn,
			boolean probing) throws IOException {
		return new NatsReplicaStore(() -> NatsServer.options(url), settings, node, Ticker.SYSTEM, burn, probing);
	}

	private enum Arrival {

		AFTER, DURING, LOST

	}

}
