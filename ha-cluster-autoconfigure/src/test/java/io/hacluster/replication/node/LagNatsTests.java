package io.hacluster.replication.node;

import java.nio.file.Path;
import java.time.Duration;

import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeIdentity;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicationStatus;
import io.hacluster.replication.nats.NatsReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStoreSettings;
import io.hacluster.test.LitestreamBug;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What leader and follower tell of their lag while NATS is frozen or idle.
 */
class LagNatsTests {

	@TempDir
	private Path directory;

	private NatsServer server;

	private TestNode leader;

	private TestNode follower;

	@BeforeEach
	void setUp() throws Exception {
		this.server = NatsServer.start(this.directory.resolve("nats"));
		this.leader = new TestNode("a", this.directory.resolve("a"), this::store);
		this.leader.follow();
		this.leader.lead(1);
		this.follower = new TestNode("b", this.directory.resolve("b"), this::store);
		this.follower.follow();
		this.leader.insert(0, 10);
		awaitLevel();
	}

	@AfterEach
	void tearDown() throws Exception {
		this.follower.close();
		this.leader.close();
		this.server.close();
	}

	@Test
	void lagOfBothGrowsWhileNatsIsFrozenAndIsZeroAfterwards() throws Exception {
		this.server.pause();
		this.leader.insert(10, 20);
		await().atMost(TestNode.TIMEOUT)
			.until(() -> lag(this.leader).toSeconds() >= 3 && lag(this.follower).toSeconds() >= 3);
		await().atMost(TestNode.TIMEOUT)
			.until(() -> this.follower.replication().status().failure() != null
					&& this.leader.replication().status().failure() != null);
		this.server.resume();
		awaitLevel();
		assertThat(this.follower.rows(this.follower.replica())).hasSize(20);
	}

	/**
	 * Litestream #1077: a stream on which nothing came was cut, and nobody noticed.
	 */
	@LitestreamBug(21)
	@Test
	void idleFeedThatIsCutIsReplacedLitestream1077() throws Exception {
		try (Connection operator = this.server.connect()) {
			JetStreamManagement management = operator.jetStreamManagement();
			String stream = "OBJ_ha-lag-db";
			for (String consumer : management.getConsumerNames(stream)) {
				management.deleteConsumer(stream, consumer);
			}
			await().atMost(TestNode.TIMEOUT).until(() -> !management.getConsumerNames(stream).isEmpty());
		}
		this.leader.insert(10, 11);
		awaitLevel();
		assertThat(this.follower.rows(this.follower.replica())).hasSize(11);
	}

	private void awaitLevel() {
		await().atMost(TestNode.TIMEOUT).until(() -> {
			ReplicationStatus shipped = this.leader.replication().status();
			ReplicationStatus applied = this.follower.replication().status();
			return shipped.txid() > 0 && this.leader.replication().requireTerm().primary().isLevel()
					&& applied.txid() == this.leader.replication().status().txid() && shipped.failure() == null
					&& applied.failure() == null && shipped.lag().isZero() && applied.lag().isZero();
		});
	}

	private static Duration lag(TestNode node) {
		return node.replication().status().lag();
	}

	private ReplicaStore store(NodeIdentity identity) {
		return new NatsReplicaStore(this.server::options, settings(), identity);
	}

	/**
	 * Not patient: a frozen server is to be noticed.
	 */
	private NatsReplicaStoreSettings settings() {
		Duration timeout = Duration.ofSeconds(5);
		return new NatsReplicaStoreSettings("ha-lag-db", 1, -1, 64, timeout, timeout, Duration.ofSeconds(30), timeout,
				this.directory.resolve("spool"), 1 << 20);
	}

}
