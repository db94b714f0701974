package io.hacluster.replication.node;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeIdentity;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStoreSettings;
import io.hacluster.replication.nats.PatientSettings;
import io.hacluster.test.NatsServer;

/**
 * Tests for {@link SqliteReplication} on a log in NATS.
 */
class NatsSqliteReplicationTests extends AbstractSqliteReplicationTests {

	private static final AtomicInteger counter = new AtomicInteger();

	@TempDir
	static Path shared;

	private static NatsServer server;

	private int number;

	@BeforeAll
	static void startServer() {
		server = NatsServer.start(shared.resolve("nats"));
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@BeforeEach
	void setUp() {
		this.number = counter.incrementAndGet();
	}

	@Override
	ReplicaStore openStore(String log, NodeIdentity node) {
		NatsReplicaStoreSettings settings = PatientSettings.of(log + "-" + this.number, shared.resolve("spool"));
		return new NatsReplicaStore(server::options, settings, node);
	}

}
