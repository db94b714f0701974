package io.hacluster.replication.nats;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

import io.nats.client.Options;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeIdentity;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicaStoreContractTests;
import io.hacluster.test.NatsServer;

/**
 * Tests for {@link NatsReplicaStore}.
 */
class NatsReplicaStoreTests extends ReplicaStoreContractTests {

	private static final AtomicInteger counter = new AtomicInteger();

	@TempDir
	static Path directory;

	private static NatsServer server;

	private NatsReplicaStoreSettings settings;

	@BeforeAll
	static void startServer() {
		server = NatsServer.start(directory.resolve("nats"));
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@BeforeEach
	void setUp() {
		this.settings = NatsReplicaStoreSettings.of("test-" + counter.incrementAndGet(), directory.resolve("spool"));
	}

	@Override
	protected ReplicaStore openStore(NodeIdentity node) {
		return new NatsReplicaStore(() -> new Options.Builder().server(server.url()), this.settings, node);
	}

}
