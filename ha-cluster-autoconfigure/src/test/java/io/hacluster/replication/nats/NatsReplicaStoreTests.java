package io.hacluster.replication.nats;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.ObjectStore;
import io.nats.client.api.ObjectInfo;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamState;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.replication.Contents;
import io.hacluster.replication.DamagedFileException;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.RecordingObserver;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicaStoreContractTests;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link NatsReplicaStore}.
 */
class NatsReplicaStoreTests extends ReplicaStoreContractTests {

	private static final AtomicInteger counter = new AtomicInteger();

	@TempDir
	static Path directory;

	private static NatsServer server;

	private static Connection connection;

	private NatsReplicaStoreSettings settings;

	@BeforeAll
	static void startServer() throws Exception {
		server = NatsServer.start(directory.resolve("nats"));
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
	void setUp() {
		this.settings = PatientSettings.of("test-" + counter.incrementAndGet(), directory.resolve("spool"));
	}

	@Override
	protected ReplicaStore openStore(NodeIdentity node) {
		return new NatsReplicaStore(server::options, this.settings, node);
	}

	private ObjectStore objects() throws IOException {
		return connection.objectStore(this.settings.bucket());
	}

	private String stream() {
		return "OBJ_" + this.settings.bucket();
	}

	private StreamState state() throws Exception {
		return connection.jetStreamManagement().getStreamInfo(stream()).getStreamState();
	}

	@Test
	void otherClientsReadWhatWasAppended() throws Exception {
		byte[] bytes = Contents.random(300_000);
		LogWriter writer = fence(store(NODE_A), 1, NODE_A);
		get(writer.append(LtxName.snapshot(7), TIME, Contents.of(bytes)));
		ObjectInfo info = objects().getInfo(LtxName.snapshot(7).path());
		assertThat(info.getSize()).isEqualTo(bytes.length);
		assertThat(info.getChunks()).isEqualTo(3);
		assertThat(info.getNuid()).isNotEmpty();
		assertThat(info.getHeaders().getLast("Litestream-Timestamp")).isEqualTo("2026-03-04T05:06:07.123Z");
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		objects().get(LtxName.snapshot(7).path(), out);
		assertThat(out.toByteArray()).isEqualTo(bytes);
		assertThat(objects().getList()).hasSize(1);
	}

	@Test
	void filesOfOtherClientsAreReadAndForeignObjectsIgnored() throws Exception {
		ReplicaStore store = store(NODE_A);
		assertThat(store.list()).isEmpty();
		objects().put("ltx/0/../../../etc/passwd", "foreign".getBytes(StandardCharsets.UTF_8));
		objects().put("ltx/0/0000000000000002-7fffffffffffffff.ltx", "foreign".getBytes(StandardCharsets.UTF_8));
		objects().put("x".repeat(2000), "foreign".getBytes(StandardCharsets.UTF_8));
		objects().put("notes.txt", "foreign".getBytes(StandardCharsets.UTF_8));
		objects().put(LtxName.batch(1).path(), "by Litestream".getBytes(StandardCharsets.UTF_8));
		connection.jetStream().publish("$O." + this.settings.bucket() + ".M.%%%", new byte[] { 1, 2 });
		connection.jetStream().publish(new Bucket(this.settings.bucket()).meta(LtxName.batch(2)), new byte[] { 1 });
		assertThat(store.list()).extracting(LogEntry::name).containsExactly(LtxName.batch(1));
		assertThat(read(store, store.list().get(0))).asString().isEqualTo("by Litestream");
		RecordingObserver observer = tail(store, LogOffset.START);
		observer.awaitEvent("file 1 by Litestream");
		LogEntry own = append(fence(store, 1, NODE_A), LtxName.batch(2), "ours");
		observer.awaitReached(own.offset());
		assertThat(observer.events()).containsExactly("file 1 by Litestream", "fence 1", "file 2 ours");
	}

	/**
	 * Litestream #25: tombstones and orphan chunks stay for ever.
	 */
	@Test
	void churnLeavesNothingBehind() throws Exception {
		LogWriter writer = fence(store(NODE_A), 1, NODE_A);
		byte[] large = Contents.random(400_000);
		for (int round = 1; round <= 50; round++) {
			LogEntry batch = append(writer, LtxName.batch(round), "batch");
			LogEntry snapshot = get(writer.append(LtxName.snapshot(round), TIME, Contents.of(large)));
			get(writer.append(LtxName.snapshot(round), TIME, Contents.of(large)));
			writer.retire(batch);
			writer.retire(snapshot);
		}
		Awaitility.await().untilAsserted(() -> {
			StreamState state = state();
			assertThat(state.getMsgCount()).isLessThanOrEqualTo(3);
			assertThat(state.getByteCount()).isLessThan(10_000);
		});
	}

	@Test
	void tailFromInsideAFileDeliversItWhole() {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		LogEntry entry = get(writer.append(LtxName.batch(1), TIME, Contents.of(Contents.random(500_000))));
		RecordingObserver observer = tail(store, new LogOffset(entry.offset().value() - 2));
		observer.awaitEvent("file 1 500000 bytes");
	}

	@Test
	void tailSpoolsLargeFilesAndCleansUp() throws Exception {
		byte[] bytes = Contents.random(6 * 1024 * 1024);
		LogWriter writer = fence(store(NODE_A), 1, NODE_A);
		RecordingObserver observer = tail(store(NODE_B), LogOffset.START);
		get(writer.append(LtxName.batch(1), TIME, Contents.of(bytes)));
		observer.awaitEvent("file 1 " + bytes.length + " bytes");
		Awaitility.await().untilAsserted(() -> assertThat(this.settings.spoolDirectory()).isEmptyDirectory());
	}

	/**
	 * Not "retired", since the description stands, and not after the stall timeout, which
	 * is a minute here.
	 */
	@Test
	void openWhenChunksAreMissingSaysThatTheFileIsDamaged() throws Exception {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		LogEntry one = append(writer, LtxName.batch(1), "one chunk");
		LogEntry middle = get(writer.append(LtxName.snapshot(1), TIME, Contents.of(Contents.random(400_000))));
		LogEntry last = get(writer.append(LtxName.snapshot(2), TIME, Contents.of(Contents.random(400_000))));
		connection.jetStreamManagement().deleteMessage(stream(), one.offset().value() - 1);
		connection.jetStreamManagement().deleteMessage(stream(), middle.offset().value() - 2);
		connection.jetStreamManagement().deleteMessage(stream(), last.offset().value() - 1);
		long start = System.nanoTime();
		for (LogEntry entry : List.of(one, middle, last)) {
			assertThatExceptionOfType(DamagedFileException.class).isThrownBy(() -> read(store, entry))
				.withMessageContaining(entry.name().path())
				.withMessageContaining("chunks are missing");
		}
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(this.settings.stallTimeout());
		writer.retire(one);
		writer.retire(last);
		assertThatExceptionOfType(FileNotFoundException.class).isThrownBy(() -> read(store, one));
		assertThatExceptionOfType(FileNotFoundException.class).isThrownBy(() -> read(store, last));
	}

	@Test
	void readWhenTheFileIsRetiredMeanwhileSaysThatItIsGone() throws Exception {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		LogEntry one = append(writer, LtxName.batch(1), "one chunk");
		LogEntry many = get(writer.append(LtxName.snapshot(1), TIME, Contents.of(Contents.random(400_000))));
		for (LogEntry entry : List.of(one, many)) {
			try (InputStream stream = store.open(entry)) {
				writer.retire(entry);
				Awaitility.await().until(() -> count(entry) == 0);
				assertThatExceptionOfType(FileNotFoundException.class).isThrownBy(stream::readAllBytes);
			}
		}
	}

	/** Counts the messages from the first chunk of a file to its description. */
	private long count(LogEntry entry) throws Exception {
		long chunks = (entry.size() + StoredObject.CHUNK_BYTES - 1) / StoredObject.CHUNK_BYTES;
		long count = 0;
		for (long sequence = entry.offset().value() - chunks; sequence <= entry.offset().value(); sequence++) {
			try {
				connection.jetStreamManagement().getMessage(stream(), sequence);
				count++;
			}
			catch (JetStreamApiException ex) {
				// it is gone
			}
		}
		return count;
	}

	@Test
	void fullBucketIsNamedWithWhatToDo() {
		this.settings = new NatsReplicaStoreSettings(this.settings.bucket(), 1, 1_000_000, 64,
				this.settings.requestTimeout(), this.settings.appendTimeout(), this.settings.fenceTimeout(),
				this.settings.stallTimeout(), this.settings.spoolDirectory(), 1024);
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		LogEntry one = append(writer, LtxName.batch(1), "one");
		assertThatExceptionOfType(StoreUnavailableException.class)
			.isThrownBy(() -> get(writer.append(LtxName.snapshot(1), TIME, Contents.of(Contents.random(2_000_000)))))
			.withMessageContaining("is full")
			.withMessageContaining("raise");
		assertThat(store.list()).containsExactly(one);
	}

	/**
	 * The server lists 100,000 subjects at most at a time: what the list lacked was taken
	 * for gone, by readers of the log and by the sweep for orphans.
	 */
	@Test
	void subjectsOfMoreThanOnePageAreAllListed() throws Exception {
		if (NatsServer.version().startsWith("2.9.")) {
			// It does not answer within a minute, and so leaves nothing out
			return;
		}
		store(NODE_A).list();
		Bucket bucket = new Bucket(this.settings.bucket());
		int count = 100_100;
		for (int txid = 1; txid <= count; txid++) {
			connection.publish(bucket.meta(LtxName.batch(txid)), new byte[] { 1 });
		}
		Awaitility.await().until(() -> state().getMsgCount() == count);
		NatsConnections connections = new NatsConnections(server::options, NODE_B, Duration.ofSeconds(60),
				Ticker.SYSTEM);
		try {
			assertThat(new BucketReader(connections, bucket, this.settings, false).subjects(bucket.metas()))
				.hasSize(count)
				.containsKey(bucket.meta(LtxName.batch(count)));
		}
		finally {
			connections.close();
		}
	}

	@Test
	void bucketWithATtlIsRefused() throws Exception {
		connection.jetStreamManagement()
			.addStream(StreamConfiguration.builder()
				.name(stream())
				.subjects("$O." + this.settings.bucket() + ".C.>", "$O." + this.settings.bucket() + ".M.>")
				.maxAge(Duration.ofHours(1))
				.allowRollup(true)
				.build());
		assertThatExceptionOfType(StoreUnavailableException.class)
			.isThrownBy(() -> store(NODE_A).fence(new Epoch(1), NODE_A))
			.withMessageContaining("TTL");
	}

	@Test
	void tailIsBrokenWhenTheBucketIsDeleted() throws Exception {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		append(writer, LtxName.batch(1), "one");
		RecordingObserver observer = tail(store, LogOffset.START);
		observer.awaitEvent("file 1 one");
		connection.jetStreamManagement().deleteStream(stream());
		observer.awaitEvent("broken");
	}

	@Test
	void tailIsBrokenWhenTheBucketIsCreatedAnew() throws Exception {
		ReplicaStore store = store(NODE_A);
		append(fence(store, 1, NODE_A), LtxName.batch(1), "one");
		RecordingObserver observer = tail(store, LogOffset.START);
		observer.awaitEvent("file 1 one");
		connection.jetStreamManagement().deleteStream(stream());
		LogWriter writer = fence(store(NODE_B), 1, NODE_B);
		for (int txid = 1; txid <= 50; txid++) {
			append(writer, LtxName.batch(txid), "another log");
		}
		observer.awaitEvent("broken");
		assertThat(observer.events()).doesNotContain("file 50 another log");
	}

	@Test
	void writeOfAStrangerPoisonsTheWriterAndANewFenceHelps() throws Exception {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		append(writer, LtxName.batch(1), "one");
		objects().put("stranger", new byte[10]);
		assertThatExceptionOfType(StoreUnavailableException.class)
			.isThrownBy(() -> append(writer, LtxName.batch(2), "two"))
			.withMessageContaining("fence again");
		append(fence(store, 1, NODE_A), LtxName.batch(2), "two");
	}

	@Test
	void orphansOfADeadLeaderAreRemovedByTheNext() throws Exception {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		LogEntry kept = append(writer, LtxName.batch(1), "one");
		objects().put("foreign", new byte[10]);
		connection.jetStream().publish("$O." + this.settings.bucket() + ".C.orphan1", new byte[100_000]);
		connection.jetStream().publish("$O." + this.settings.bucket() + ".C.orphan2", new byte[100_000]);
		LogWriter next = fence(store(NODE_B), 2, NODE_B);
		next.retire(append(next, LtxName.batch(2), "two"));
		Awaitility.await().untilAsserted(() -> {
			// the file, the foreign object and the fence
			assertThat(state().getMsgCount()).isEqualTo(5);
		});
		assertThat(read(store, kept)).asString().isEqualTo("one");
		assertThat(objects().getInfo("foreign")).isNotNull();
	}

}
