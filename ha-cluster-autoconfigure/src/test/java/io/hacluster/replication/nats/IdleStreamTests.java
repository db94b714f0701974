package io.hacluster.replication.nats;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.Contents;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.test.LitestreamBug;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Litestream #1077: a stream that nobody reads from for a while was cut, and a restore
 * that was busy with other files failed.
 */
@Timeout(120)
class IdleStreamTests {

	private static final NodeIdentity NODE = new NodeIdentity("test", new NodeId("node"), "nonce");

	private static final Duration STALL = Duration.ofSeconds(1);

	private static NatsServer server;

	@TempDir
	private Path directory;

	@BeforeAll
	static void startServer(@TempDir Path store) {
		server = NatsServer.start(store);
	}

	@AfterAll
	static void stopServer() {
		if (server != null) {
			server.close();
		}
	}

	/**
	 * The reader takes longer than the store may take to deliver.
	 */
	@LitestreamBug(21)
	@Test
	void openWhenReaderPausesForLongReadsOn() throws Exception {
		byte[] bytes = Contents.random(8 << 20);
		try (NatsReplicaStore store = new NatsReplicaStore(server::options, settings(), NODE)) {
			LogEntry entry;
			try (LogWriter writer = store.fence(new Epoch(1), NODE)) {
				entry = writer.append(LtxName.snapshot(7), Instant.EPOCH, Contents.of(bytes)).get(60, TimeUnit.SECONDS);
			}
			try (InputStream in = store.open(entry)) {
				ByteArrayOutputStream read = new ByteArrayOutputStream();
				for (int i = 0; i < 2; i++) {
					read.write(in.readNBytes(200_000));
					TimeUnit.NANOSECONDS.sleep(STALL.multipliedBy(3).toNanos());
				}
				in.transferTo(read);
				assertThat(read.toByteArray()).isEqualTo(bytes);
			}
		}
	}

	private NatsReplicaStoreSettings settings() {
		NatsReplicaStoreSettings patient = PatientSettings.of("idle", this.directory);
		return new NatsReplicaStoreSettings(patient.bucket(), 1, -1, patient.window(), patient.requestTimeout(),
				patient.appendTimeout(), patient.fenceTimeout(), STALL, patient.spoolDirectory(), 0);
	}

}
