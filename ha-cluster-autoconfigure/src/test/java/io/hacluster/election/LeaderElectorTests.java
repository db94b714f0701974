package io.hacluster.election;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;

import io.hacluster.Epoch;
import io.hacluster.Ticker;
import io.hacluster.election.local.LocalLeaseStore;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link LeaderElector} with real threads.
 */
class LeaderElectorTests {

	private static final ElectionSettings SETTINGS = ElectionSettings.of(Duration.ofSeconds(2), Duration.ofMillis(500),
			"");

	@TempDir
	Path directory;

	private final List<Node> nodes = new ArrayList<>();

	@AfterEach
	void closeNodes() {
		this.nodes.forEach(Node::close);
	}

	@Test
	void startWhenAloneLeads() {
		Node node = node("node-a", "1");
		await(() -> node.leads());
		assertThat(node.events).first().asString().startsWith("granted");
		assertThat(node.elector.leader())
			.hasValueSatisfying((lease) -> assertThat(lease.holder().value()).isEqualTo("node-a"));
	}

	@Test
	void releaseLetsTheSuccessorLeadWithoutWaiting() {
		Node first = node("node-a", "1");
		await(() -> first.leads());
		Node second = node("node-b", "2");
		await(() -> second.elector.leader().isPresent() && second.elector.status().candidate());
		Epoch epoch = first.elector.heldLease().orElseThrow().epoch();
		first.elector.standAside(Duration.ofSeconds(60));
		assertThat(first.elector.release(epoch)).isTrue();
		assertThat(first.elector.heldLease()).isEmpty();
		await(() -> second.leads());
		assertThat(second.elector.heldLease().orElseThrow().epoch()).isGreaterThan(epoch);
		assertThat(first.events).noneMatch((event) -> event.startsWith("lost"));
	}

	private Node node(String id, String nonce) {
		Node node = new Node(id, nonce);
		this.nodes.add(node);
		node.elector.start();
		return node;
	}

	private static void await(java.util.concurrent.Callable<Boolean> condition) {
		Awaitility.await().atMost(Duration.ofSeconds(30)).pollInterval(Duration.ofMillis(20)).until(condition);
	}

	private final class Node implements ElectionListener {

		final LeaseStore store;

		final LeaderElector elector;

		final List<String> events = new CopyOnWriteArrayList<>();

		Node(String id, String nonce) {
			this.store = new LocalLeaseStore(Leases.identity(id, nonce), LeaderElectorTests.this.directory);
			this.elector = new LeaderElector(this.store, Leases.identity(id, nonce), SETTINGS, Candidate.always(),
					Ticker.SYSTEM, new Random());
			this.elector.addListener(this);
		}

		boolean leads() {
			return this.elector.heldLease().isPresent();
		}

		@Override
		public void granted(HeldLease lease) {
			this.events.add("granted " + lease.epoch() + " " + lease.isValid());
		}

		@Override
		public void lost(Epoch epoch, String reason) {
			this.events.add("lost " + epoch + " " + reason);
		}

		@Override
		public void leaderChanged(Optional<Lease> lease) {
			this.events.add("leader " + lease.map(Lease::holder).orElse(null));
		}

		void close() {
			this.elector.close();
			this.store.close();
		}

	}

}
