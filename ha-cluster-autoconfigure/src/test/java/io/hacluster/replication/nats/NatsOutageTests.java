package io.hacluster.replication.nats;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

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
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * What a {@link NatsReplicaStore} does when its server is killed, frozen or not there.
 */
class NatsOutageTests {

	private static final NodeIdentity NODE = new NodeIdentity("test", new NodeId("a"), "n");

	private static final NodeIdentity OTHER = new NodeIdentity("test", new NodeId("b"), "m");

	@TempDir
	private Path directory;

	private NatsServer server;

	private NatsReplicaStore store;

	@BeforeEach
	void setUp() {
		this.server = NatsServer.start(this.directory.resolve("nats"));
		this.store = store(this.server.url(), NODE);
	}

	@AfterEach
	void tearDown() {
		this.store.close();
		this.server.close();
	}

	private NatsReplicaStore store(String url, NodeIdentity node) {
		NatsReplicaStoreSettings settings = new NatsReplicaStoreSettings("outage", 1, -1, 64, Duration.ofSeconds(1),
				Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(3), this.directory.resolve("spool"),
				1024);
		return new NatsReplicaStore(() -> NatsServer.options(url), settings, node);
	}

	private static CompletableFuture<LogEntry> append(LogWriter writer, long txid) {
		return writer.append(LtxName.batch(txid), Instant.EPOCH, Contents.of("content " + txid));
	}

	@Test
	void serverKilledWhileAppendingFailsTheWriterAndKeepsWhatWasAcknowledged() {
		LogWriter writer = this.store.fence(new Epoch(1), NODE);
		List<CompletableFuture<LogEntry>> appends = new ArrayList<>();
		for (long txid = 1; txid <= 2000; txid++) {
			appends.add(append(writer, txid));
			if (txid == 1000) {
				CompletableFuture.runAsync(this.server::kill);
			}
		}
		for (CompletableFuture<LogEntry> append : appends) {
			Awaitility.await().pollInterval(Duration.ofMillis(1)).until(append::isDone);
		}
		assertThat(catchThrowable(appends.get(1999)::join)).isInstanceOf(CompletionException.class)
			.hasCauseInstanceOf(StoreUnavailableException.class);
		this.server.restart();
		assertThat(catchThrowable(append(writer, 3000)::join)).hasCauseInstanceOf(StoreUnavailableException.class);
		LogWriter again = Awaitility.await()
			.ignoreException(StoreUnavailableException.class)
			.until(() -> this.store.fence(new Epoch(1), NODE), (fenced) -> true);
		append(again, 4000).join();
		List<Long> listed = this.store.list().stream().map((entry) -> entry.name().maxTxid()).toList();
		assertThat(listed).contains(4000L).doesNotContain(3000L);
		for (CompletableFuture<LogEntry> append : appends) {
			if (!append.isCompletedExceptionally()) {
				assertThat(listed).contains(append.join().name().maxTxid());
			}
		}
		// without a hole up to the last that landed
		assertThat(listed.subList(0, listed.size() - 1)).last().isEqualTo((long) listed.size() - 1);
		again.close();
	}

	@Test
	void serverFrozenWhileAppendingNeverLandsAnythingBehindTheNextFence() {
		LogWriter writer = this.store.fence(new Epoch(1), NODE);
		append(writer, 1).join();
		this.server.pause();
		List<CompletableFuture<LogEntry>> appends = new ArrayList<>();
		for (long txid = 2; txid <= 20; txid++) {
			appends.add(append(writer, txid));
		}
		assertThat(catchThrowable(appends.get(0)::join)).hasCauseInstanceOf(StoreUnavailableException.class);
		this.server.resume();
		try (NatsReplicaStore other = store(this.server.url(), OTHER)) {
			LogWriter next = other.fence(new Epoch(2), OTHER);
			append(next, 100).join();
			assertThat(other.list()).filteredOn((entry) -> entry.offset().compareTo(next.fence().offset()) > 0)
				.extracting((entry) -> entry.name().maxTxid())
				.containsExactly(100L);
			next.close();
		}
	}

	@Test
	void tailGoesOnWhenTheServerComesBack() {
		append(this.store.fence(new Epoch(1), NODE), 1).join();
		RecordingObserver observer = new RecordingObserver();
		try (LogTail tail = this.store.tail(LogOffset.START, observer)) {
			observer.awaitEvent("file 1 content 1");
			this.server.kill();
			observer.awaitEvent("interrupted");
			this.server.restart();
			LogWriter writer = Awaitility.await()
				.ignoreException(StoreUnavailableException.class)
				.until(() -> this.store.fence(new Epoch(2), NODE), (fenced) -> true);
			append(writer, 2).join();
			observer.awaitEvent("file 2 content 2");
			assertThat(observer.events()).doesNotContain("broken");
			writer.close();
		}
	}

	@Test
	void tailNoticesAFrozenServer() {
		append(this.store.fence(new Epoch(1), NODE), 1).join();
		RecordingObserver observer = new RecordingObserver();
		try (LogTail tail = this.store.tail(LogOffset.START, observer)) {
			observer.awaitEvent("file 1 content 1");
			this.server.pause();
			observer.awaitEvent("interrupted");
			this.server.resume();
			LogOffset fence = this.store.currentFence().orElseThrow().offset();
			observer.awaitReached(fence);
		}
	}

	@Test
	void tailBeginsBeforeTheServerIsThere() {
		this.server.kill();
		RecordingObserver observer = new RecordingObserver();
		try (LogTail tail = this.store.tail(LogOffset.START, observer)) {
			observer.awaitEvent("interrupted");
			this.server.restart();
			observer.awaitReached(LogOffset.START);
		}
	}

	@Test
	void missingServerIsNamed() {
		this.server.kill();
		assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(this.store::list)
			.withMessageContaining(this.server.url())
			.withMessageContaining("cannot be reached");
	}

	@Test
	void missingJetStreamIsNamed() {
		try (NatsServer plain = NatsServer.startWithoutJetStream(this.directory.resolve("plain"));
				NatsReplicaStore store = store(plain.url(), NODE)) {
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(store::list)
				.withMessageContaining("JetStream");
		}
	}

	@Test
	void refusedCredentialsAndDeniedSubjectsAreNamed() {
		try (NatsServer strict = NatsServer.start(this.directory.resolve("strict"),
				"authorization { users: [ { user: ha, password: secret, permissions: "
						+ "{ publish: { deny: \"$O.>\" } } } ] }")) {
			String url = "nats://ha:secret@127.0.0.1:" + strict.port();
			try (NatsReplicaStore store = store(strict.url(), NODE)) {
				assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(store::list)
					.withMessageContaining("refuses the credentials");
			}
			try (NatsReplicaStore store = store(url, NODE)) {
				assertThat(store.list()).isEmpty();
				assertThatExceptionOfType(StoreUnavailableException.class)
					.isThrownBy(() -> store.fence(new Epoch(1), NODE))
					.withMessageContaining("Permissions Violation");
			}
		}
	}

}
