package io.hacluster.replication.level;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.NUID;
import io.nats.client.api.StreamInfo;
import io.nats.client.api.StreamInfoOptions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStore;
import io.hacluster.replication.nats.PatientSettings;
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

	private int unfinished;

	NatsDayOfChurnTests() {
		super(Duration.ofHours(18));
	}

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

	@Override
	ReplicaStore openStore(Path ignored) {
		return new NatsReplicaStore(server::options, PatientSettings.of("churn", directory.resolve("spool")),
				SimulatedLog.NODE);
	}

	@Override
	void leaveUnfinished() {
		String subject = "$O." + BUCKET + ".C." + NUID.nextGlobal();
		for (int i = 0; i < 3; i++) {
			try {
				connection.jetStream().publish(subject, new byte[1000]);
			}
			catch (IOException | JetStreamApiException ex) {
				throw new AssertionError(ex);
			}
		}
		this.unfinished++;
	}

	@Override
	Footprint footprint(ReplicaStore store) throws Exception {
		Awaitility.await().untilAsserted(() -> {
			long files = store.list().size();
			assertThat(subjects("$O." + BUCKET + ".M.>")).isEqualTo(files);
			// the fence, the probe, and what the present leader has not come to yet
			assertThat(subjects("$O." + BUCKET + ".C.>")).isBetween(files, files + 4);
		});
		StreamInfo info = connection.jetStreamManagement().getStreamInfo("OBJ_" + BUCKET);
		long files = subjects("$O." + BUCKET + ".M.>");
		assertThat(this.unfinished).isPositive();
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
