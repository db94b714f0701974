package io.hacluster.replication.level;

import java.nio.file.Path;
import java.time.Duration;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.StreamInfo;
import io.nats.client.api.StreamInfoOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStoreSettings;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Eighteen hours in a bucket: the stream keeps two messages of each file, and nothing of
 * those that are gone.
 */
class NatsDayOfChurnTests extends AbstractDayOfChurnTests {

	private static final String BUCKET = "ha-churn-db";

	/** The fences of the terms, each of many messages on one subject. */
	private static final int FENCE_MESSAGES = 2000;

	@TempDir
	static Path directory;

	private static NatsServer server;

	private static Connection connection;

	NatsDayOfChurnTests() {
		super(Duration.ofHours(18));
	}

	@BeforeAll
	static void startServer() throws Exception {
		server = NatsServer.start(directory.resolve("nats"));
		connection = Nats.connect(server.url());
	}

	@AfterAll
	static void stopServer() throws Exception {
		if (connection != null) {
			connection.close();
			server.close();
		}
	}

	@Override
	ReplicaStore openStore(Path ignored) {
		return new NatsReplicaStore(() -> new Options.Builder().server(server.url()),
				NatsReplicaStoreSettings.of("churn", directory.resolve("spool")), SimulatedLog.NODE);
	}

	@Override
	Footprint footprint(ReplicaStore store) throws Exception {
		Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
			long files = store.list().size();
			assertThat(subjects("$O." + BUCKET + ".M.>")).isEqualTo(files);
			assertThat(subjects("$O." + BUCKET + ".C.>")).isBetween(files, files + 4);
		});
		StreamInfo info = connection.jetStreamManagement().getStreamInfo("OBJ_" + BUCKET);
		long files = subjects("$O." + BUCKET + ".M.>");
		assertThat(info.getStreamState().getMsgCount()).isLessThan(2 * files + FENCE_MESSAGES);
		return new Footprint(files, info.getStreamState().getByteCount(), files * 1000 + FENCE_MESSAGES * 1000L);
	}

	private static long subjects(String filter) throws Exception {
		return connection.jetStreamManagement()
			.getStreamInfo("OBJ_" + BUCKET, StreamInfoOptions.filterSubjects(filter))
			.getStreamState()
			.getSubjectMap()
			.size();
	}

}
