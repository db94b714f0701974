package io.hacluster.replication.restore;

import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.Contents;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.SourceDatabase;
import io.hacluster.replication.TestLog;
import io.hacluster.replication.follower.RestoreSource;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.RestorePlan;
import io.hacluster.replication.nats.NatsReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStoreSettings;
import io.hacluster.replication.nats.PatientSettings;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doAnswer;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;

/**
 * Files in a bucket that have lost a chunk while their descriptions stand: they were
 * taken for retired, or for ones that cannot be read at the moment.
 */
class MissingChunksTests {

	private static final AtomicInteger counter = new AtomicInteger();

	private static final NodeIdentity NODE = TestLog.identity("node");

	private static final int BATCHES = 5;

	@TempDir
	static Path shared;

	private static NatsServer server;

	private static io.nats.client.Connection connection;

	@TempDir
	private Path directory;

	private SourceDatabase source;

	private NatsReplicaStoreSettings settings;

	private ReplicaStore store;

	private LogWriter writer;

	@BeforeAll
	static void startServer() {
		server = NatsServer.start(shared.resolve("nats"));
		connection = server.connect();
	}

	@AfterAll
	static void stopServer() throws Exception {
		if (connection != null) {
			connection.close();
			server.close();
		}
	}

	@BeforeEach
	void setUp() throws Exception {
		this.source = new SourceDatabase(this.directory.resolve("source.db"));
		this.settings = PatientSettings.of("chunks-" + counter.incrementAndGet(), this.directory.resolve("spool"));
		this.store = new NatsReplicaStore(server::options, this.settings, NODE);
		this.writer = this.store.fence(new Epoch(1), NODE);
		for (int i = 0; i < BATCHES; i++) {
			this.source.transfer(i);
			byte[] file = this.source.capture();
			append(LtxName.batch(this.source.txid()), file);
		}
	}

	@AfterEach
	void tearDown() throws Exception {
		this.writer.close();
		this.store.close();
		this.source.close();
	}

	@Test
	void verifyNamesEachFileThatLacksAChunk() throws Exception {
		LogEntry snapshot = snapshot();
		LogEntry batch = batch(3);
		loseLastChunk(snapshot);
		loseLastChunk(batch);
		LogReport report = verify(this.store);
		assertThat(report.isGood()).isFalse();
		assertThat(report.files()).hasSize(BATCHES + 2)
			.filteredOn((file) -> file.problem() != null)
			.allSatisfy((file) -> assertThat(file.problem()).contains("chunks are missing"))
			.extracting(LogReport.File::entry)
			.containsExactly(batch, snapshot);
	}

	@Test
	void verifyWhenAFileIsListedAndCannotBeFoundSaysSo() throws Exception {
		LogEntry batch = batch(3);
		ReplicaStore hiding = mock(ReplicaStore.class, delegatesTo(this.store));
		doThrow(new FileNotFoundException("retired")).when(hiding).open(batch);
		LogReport report = verify(hiding);
		assertThat(report.files()).extracting(LogReport.File::entry).containsExactlyElementsOf(this.store.list());
		assertThat(report.files()).filteredOn((file) -> file.problem() != null)
			.containsExactly(new LogReport.File(batch, "is listed, but cannot be found"));
	}

	@Test
	void verifyWhenAFileIsRetiredMeanwhileLeavesItOut() throws Exception {
		LogEntry snapshot = snapshot();
		ReplicaStore retiring = mock(ReplicaStore.class, delegatesTo(this.store));
		doAnswer((call) -> {
			LogEntry entry = call.getArgument(0);
			if (entry.equals(snapshot)) {
				this.writer.retire(snapshot);
			}
			return this.store.open(entry);
		}).when(retiring).open(any());
		LogReport report = verify(retiring);
		assertThat(report.isGood()).isTrue();
		assertThat(report.files()).extracting(LogReport.File::entry).doesNotContain(snapshot);
	}

	@Test
	void restoreWhenTheSnapshotLacksAChunkGoesAroundIt() throws Exception {
		loseLastChunk(snapshot());
		List<String> damaged = new ArrayList<>();
		RestoreResult result = new Restorer(this.store, NODE).restore(RestoreRequest.to(target()),
				new RestoreListener() {

					@Override
					public void damaged(String message) {
						damaged.add(message);
					}

				});
		assertThat(result.txid()).isEqualTo(this.source.txid());
		assertThat(damaged).singleElement().asString().contains("ltx/9/", "chunks are missing");
		assertThat(entries()).isEqualTo(this.source.query("SELECT count(*) FROM entry"));
	}

	@Test
	void restoreWhenTheOnlyFileLacksItsChunkNamesIt() throws Exception {
		loseLastChunk(batch(3));
		assertThatExceptionOfType(RestoreException.class)
			.isThrownBy(() -> new Restorer(this.store, NODE)
				.restore(RestoreRequest.to(target()).at(RestorePoint.transaction(3)), RestoreListener.NONE))
			.withMessageContaining(LtxName.batch(3).path())
			.withMessageContaining("asking for transaction 2");
	}

	@Test
	void followerThatJoinsGoesAroundASnapshotThatLacksAChunk() throws Exception {
		loseLastChunk(snapshot());
		RestoreSource.Restored restored = new RestoreSource(this.store, NODE).restore(target(), RestorePlan.LATEST)
			.orElseThrow();
		assertThat(restored.txid()).isEqualTo(this.source.txid());
		assertThat(entries()).isEqualTo(this.source.query("SELECT count(*) FROM entry"));
	}

	private LogReport verify(ReplicaStore log) {
		return new LogVerifier(log, NODE).verify(RestoreListener.NONE);
	}

	/** Appends a large transaction and a snapshot of several chunks. */
	private LogEntry snapshot() throws Exception {
		this.source.execute("INSERT INTO entry(filler) VALUES (randomblob(500000))");
		append(LtxName.batch(this.source.txid() + 1), this.source.capture());
		return append(LtxName.snapshot(this.source.txid()), this.source.snapshot());
	}

	private LogEntry batch(long txid) {
		return this.store.list()
			.stream()
			.filter((entry) -> entry.name().equals(LtxName.batch(txid)))
			.findFirst()
			.orElseThrow();
	}

	private LogEntry append(LtxName name, byte[] content) throws Exception {
		return this.writer.append(name, Instant.now(), Contents.of(content)).get(60, TimeUnit.SECONDS);
	}

	private void loseLastChunk(LogEntry entry) throws Exception {
		// The description follows the last chunk at once
		connection.jetStreamManagement().deleteMessage("OBJ_" + this.settings.bucket(), entry.offset().value() - 1);
	}

	private Path target() {
		return this.directory.resolve("target.db");
	}

	private long entries() throws Exception {
		try (Connection database = DriverManager.getConnection("jdbc:sqlite:" + target());
				Statement statement = database.createStatement();
				ResultSet result = statement.executeQuery("SELECT count(*) FROM entry")) {
			return result.getLong(1);
		}
	}

}
