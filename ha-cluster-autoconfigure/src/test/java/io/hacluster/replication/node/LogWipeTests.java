package io.hacluster.replication.node;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.PurgeOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeIdentity;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.nats.NatsReplicaStore;
import io.hacluster.replication.nats.PatientSettings;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What leader and follower do when an operator takes the log away under them: the log
 * must be one that can be restored again, without anybody's help.
 */
class LogWipeTests {

	private static final AtomicInteger counter = new AtomicInteger();

	@TempDir
	static Path shared;

	private static NatsServer server;

	private static Connection operator;

	@TempDir
	private Path directory;

	private final List<TestNode> nodes = new ArrayList<>();

	private String cluster;

	private TestNode leader;

	private TestNode follower;

	@BeforeAll
	static void startServer() throws IOException, InterruptedException {
		server = NatsServer.start(shared.resolve("nats"));
		operator = server.connect();
	}

	@AfterAll
	static void stopServer() throws InterruptedException {
		operator.close();
		server.close();
	}

	@BeforeEach
	void setUp() throws Exception {
		this.cluster = "wipe-" + counter.incrementAndGet();
		this.leader = node("a");
		this.leader.follow();
		this.leader.lead(1);
		this.follower = node("b");
		this.follower.follow();
		this.leader.insert(0, 10);
		awaitRows(this.follower, 10);
	}

	@AfterEach
	void closeAll() throws Exception {
		for (TestNode node : this.nodes) {
			node.close();
		}
	}

	@Test
	void purgedWhileIdleIsNoticedByBothAndBuiltAnew() throws Exception {
		management().purgeStream(stream());
		awaitRestorable(10);
		this.leader.insert(10, 20);
		assertAllIsWell(20);
	}

	/**
	 * An old server takes the snapshot into the empty log. Who restores it waits for the
	 * number after it.
	 */
	@Test
	void purgedJustBeforeASnapshotIsNoticedByBothAndBuiltAnew() throws Exception {
		for (int i = 10; i < 20; i++) {
			this.leader.insert(i, i + 1);
		}
		awaitRows(this.follower, 20);
		management().purgeStream(stream());
		this.leader.replication().requestSnapshot();
		awaitRestorable(20);
		this.leader.insert(20, 21);
		assertAllIsWell(21);
	}

	@Test
	void purgedWhileWritingIsNoticedByBothAndBuiltAnew() throws Exception {
		for (int i = 10; i < 60; i++) {
			this.leader.insert(i, i + 1);
			if (i == 30) {
				management().purgeStream(stream());
			}
		}
		awaitRestorable(60);
		assertAllIsWell(60);
	}

	@Test
	void purgedButForTheLastMessagesIsNoticedByTheLeader() throws Exception {
		this.leader.insert(10, 20);
		awaitRows(this.follower, 20);
		management().purgeStream(stream(), PurgeOptions.builder().keep(4).build());
		awaitRestorable(20);
		this.leader.insert(20, 30);
		assertAllIsWell(30);
	}

	@Test
	void deletedBucketIsNoticedByBothAndBuiltAnew() throws Exception {
		management().deleteStream(stream());
		awaitRestorable(10);
		this.leader.insert(10, 20);
		assertAllIsWell(20);
	}

	@Test
	void purgedWithoutALeaderIsSaidAndSeededByTheNextLeader() throws Exception {
		this.leader.stepDown();
		this.leader.catchUp();
		this.follower.catchUp();
		management().purgeStream(stream());
		await().atMost(TestNode.TIMEOUT)
			.untilAsserted(() -> assertThat(this.follower.replication().status().failure()).contains("wiped"));
		this.follower.lead(2);
		this.follower.insert(10, 20);
		awaitRows(this.leader, 20);
		assertThat(this.follower.rows(this.follower.path())).hasSize(20);
		awaitRestorable(20);
	}

	/**
	 * A node that comes for the first time finds all rows.
	 */
	private void awaitRestorable(int rows) throws Exception {
		TestNode fresh = node("fresh-" + this.nodes.size());
		fresh.follow();
		awaitRows(fresh, rows);
		fresh.close();
		this.nodes.remove(fresh);
	}

	private void assertAllIsWell(int rows) throws Exception {
		awaitRows(this.follower, rows);
		awaitRestorable(rows);
		await().atMost(TestNode.TIMEOUT)
			.untilAsserted(() -> assertThat(this.leader.replication().status().failure()).isNull());
		await().atMost(TestNode.TIMEOUT)
			.untilAsserted(() -> assertThat(this.follower.replication().status().failure()).isNull());
		// An old server lets a writer go on without its fence, until the leader looks
		await().atMost(TestNode.TIMEOUT).until(() -> this.leader.store().currentFence().isPresent());
		this.leader.awaitShipped();
		awaitRows(this.follower, rows);
		assertThat(this.leader.stepDown()).isTrue();
		this.leader.catchUp();
		this.follower.catchUp();
		this.follower.lead(2);
		this.follower.insert(rows, rows + 5);
		awaitRows(this.leader, rows + 5);
		assertThat(this.leader.diverged).as("what the leader had is all in the log").isEmpty();
	}

	private static void awaitRows(TestNode node, int rows) {
		List<Integer> expected = IntStream.range(0, rows).boxed().toList();
		await().atMost(TestNode.TIMEOUT).ignoreExceptions().until(() -> node.rows(node.replica()).equals(expected));
	}

	private TestNode node(String name) throws IOException {
		TestNode node = new TestNode(name, this.directory.resolve(name), this::store);
		this.nodes.add(node);
		return node;
	}

	private ReplicaStore store(NodeIdentity identity) {
		return new NatsReplicaStore(server::options,
				PatientSettings.of(this.cluster, shared.resolve("spool"), Duration.ofSeconds(5)), identity);
	}

	private String stream() {
		return "OBJ_ha-" + this.cluster + "-db";
	}

	private static JetStreamManagement management() throws IOException, JetStreamApiException {
		return operator.jetStreamManagement();
	}

}
