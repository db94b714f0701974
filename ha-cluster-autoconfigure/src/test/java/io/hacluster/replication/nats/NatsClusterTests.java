package io.hacluster.replication.nats;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import io.nats.client.Options;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.replication.Contents;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.RecordingObserver;
import io.hacluster.replication.ReplicaStore.LogTail;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.test.FreePort;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A {@link NatsReplicaStore} with three copies on three servers.
 */
class NatsClusterTests {

	private static final NodeIdentity STALE = new NodeIdentity("test", new NodeId("stale"), "s");

	private static final NodeIdentity NEXT = new NodeIdentity("test", new NodeId("next"), "n");

	@TempDir
	private Path directory;

	private final List<NatsServer> servers = new ArrayList<>();

	@BeforeEach
	void startServers() {
		List<Integer> ports = List.of(FreePort.find(), FreePort.find(), FreePort.find());
		String routes = String.join(", ", ports.stream().map((port) -> "\"nats://127.0.0.1:" + port + "\"").toList());
		for (int i = 0; i < 3; i++) {
			this.servers.add(NatsServer.start(this.directory.resolve("nats-" + i), "server_name: n" + i,
					"cluster { name: test, listen: \"127.0.0.1:" + ports.get(i) + "\", routes: [ " + routes + " ] }"));
		}
	}

	@AfterEach
	void stopServers() {
		this.servers.forEach(NatsServer::close);
	}

	private NatsReplicaStore store(NodeIdentity node) {
		NatsReplicaStoreSettings settings = new NatsReplicaStoreSettings("cluster", 3, -1, 64, Duration.ofSeconds(10),
				Duration.ofSeconds(30), Duration.ofSeconds(30), Duration.ofSeconds(30), this.directory.resolve("spool"),
				1024);
		return new NatsReplicaStore(
				() -> new Options.Builder().servers(this.servers.stream().map(NatsServer::url).toArray(String[]::new)),
				settings, node);
	}

	private static LogWriter fence(NatsReplicaStore store, long epoch, NodeIdentity leader) {
		return Awaitility.await()
			.ignoreException(StoreUnavailableException.class)
			.until(() -> store.fence(new Epoch(epoch), leader), (writer) -> true);
	}

	private static CompletableFuture<LogEntry> append(LogWriter writer, long epoch, int n) {
		return writer.append(LtxName.batch((epoch << 20) + n), Instant.EPOCH, Contents.of("epoch " + epoch));
	}

	@Test
	void takeoversLeaveNoStaleWriteBehindTheFenceAndALostServerIsSurvived() throws Exception {
		try (NatsReplicaStore stale = store(STALE); NatsReplicaStore next = store(NEXT)) {
			RecordingObserver observer = new RecordingObserver();
			List<LogOffset> fences = new ArrayList<>();
			try (LogTail tail = next.tail(LogOffset.START, observer)) {
				for (long epoch = 1; epoch <= 40; epoch += 2) {
					LogWriter old = fence(stale, epoch, STALE);
					List<CompletableFuture<LogEntry>> underWay = new ArrayList<>();
					for (int n = 1; n <= 32; n++) {
						underWay.add(append(old, epoch, n));
					}
					try (LogWriter writer = fence(next, epoch + 1, NEXT)) {
						fences.add(writer.fence().offset());
						append(writer, epoch + 1, 1).join();
						append(writer, epoch + 1, 2).join();
					}
					CompletableFuture.allOf(underWay.toArray(CompletableFuture[]::new))
						.exceptionally((ex) -> null)
						.join();
					old.close();
				}
				LogWriter last = fence(next, 100, NEXT);
				append(last, 100, 1).join();
				this.servers.get(0).kill();
				LogWriter after = fence(next, 101, NEXT);
				observer.awaitReached(append(after, 101, 1).join().offset());
				after.close();
			}
			List<LogEntry> entries = next.list();
			assertThat(observer.files()).hasSameSizeAs(entries);
			assertThat(observer.events()).doesNotContain("broken");
			for (LogEntry entry : entries) {
				long epoch = entry.name().maxTxid() >> 20;
				if (epoch < 100 && epoch % 2 == 1) {
					assertThat(entry.offset()).isLessThan(fences.get((int) (epoch / 2)));
				}
			}
		}
	}

}
