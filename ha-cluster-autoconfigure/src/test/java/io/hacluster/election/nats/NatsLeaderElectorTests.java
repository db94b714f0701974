package io.hacluster.election.nats;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.election.LeaderElectorContractTests;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.Leases;
import io.hacluster.test.NatsServer;

/**
 * Tests for {@link io.hacluster.election.LeaderElector} on a {@link NatsLeaseStore}.
 */
class NatsLeaderElectorTests extends LeaderElectorContractTests {

	@TempDir
	static Path directory;

	private static NatsServer server;

	private static final AtomicInteger buckets = new AtomicInteger();

	private final String cluster = "elector-" + buckets.incrementAndGet();

	@BeforeAll
	static void startServer() {
		server = NatsServer.start(directory);
	}

	@AfterAll
	static void stopServer() {
		if (server != null) {
			server.close();
		}
	}

	@Override
	protected LeaseStore open(String node, String nonce) {
		return new NatsLeaseStore(Leases.identity(node, nonce), server::options,
				NatsLeaseStoreSettings.forCluster(this.cluster, 1, Duration.ofSeconds(2)))
			.connect();
	}

}
