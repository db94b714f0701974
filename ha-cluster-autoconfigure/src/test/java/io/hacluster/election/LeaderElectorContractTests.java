package io.hacluster.election;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.hacluster.Epoch;
import io.hacluster.Ticker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * What {@link LeaderElector} does with real threads on a real store.
 */
public abstract class LeaderElectorContractTests {

	/**
	 * A lease that a busy machine does not cost anybody; no test waits for its end.
	 */
	private static final ElectionSettings LONG = new ElectionSettings(Duration.ofSeconds(60), Duration.ofSeconds(2),
			Duration.ofSeconds(20), "127.0.0.1:1");

	/**
	 * The same with many renewals.
	 */
	private static final ElectionSettings BUSY = new ElectionSettings(LONG.leaseDuration(), Duration.ofMillis(250),
			LONG.margin(), LONG.address());

	/**
	 * A lease whose end is waited for, and that may end on its own at any time.
	 */
	private static final ElectionSettings SHORT = ElectionSettings.of(Duration.ofSeconds(3), Duration.ofMillis(500),
			LONG.address());

	private final List<Node> nodes = new ArrayList<>();

	/**
	 * Opens the store for a node.
	 */
	protected abstract LeaseStore open(String node, String nonce);

	@AfterEach
	void closeNodes() {
		this.nodes.forEach(Node::close);
	}

	@Test
	void startWhenAloneLeads() {
		Node node = start("node-a", "1", BUSY);
		await(node::leads);
		await(() -> node.knows("node-a"));
		await(() -> node.elector.status().renewals() > 2);
		assertThat(node.elector.status().problem()).isNull();
		assertThat(node.elector.status().terms()).isEqualTo(1);
	}

	@Test
	void releaseLetsTheSuccessorLeadWithoutWaiting() {
		Node first = start("node-a", "1");
		await(first::leads);
		Node second = start("node-b", "2");
		await(() -> second.elector.leader().isPresent() && second.elector.status().candidate());
		Epoch epoch = first.elector.heldLease().orElseThrow().epoch();
		first.elector.standAside(Duration.ofSeconds(60));
		long start = System.nanoTime();
		assertThat(first.elector.release(epoch)).isTrue();
		assertThat(first.elector.heldLease()).isEmpty();
		await(second::leads);
		Duration outage = Duration.ofNanos(System.nanoTime() - start);
		System.out.println("Successor after a release: " + outage.toMillis() + " ms");
		// Far less than the lease it would have to wait for otherwise
		assertThat(outage).isLessThan(LONG.leaseDuration());
		assertThat(second.elector.heldLease().orElseThrow().epoch()).isGreaterThan(epoch);
		assertThat(first.events).noneMatch((event) -> event.startsWith("lost"));
	}

	@Test
	void i18LeaderThatDisappearsIsSucceeded() {
		Node first = start("node-a", "1", SHORT);
		await(first::leads);
		Node second = start("node-b", "2", SHORT);
		await(() -> second.elector.status().candidate());
		first.close();
		await(() -> second.leads() && second.knows("node-b"));
	}

	@Test
	void fiveNodesThatStartTogetherHaveExactlyOneLeader() {
		List<Node> started = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			started.add(start("node-" + i, "n" + i));
		}
		await(() -> started.stream().anyMatch(Node::leads));
		long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
		Awaitility.await()
			.pollInterval(Duration.ofMillis(5))
			.until(() -> started.stream().filter(Node::leads).toList().size() > 1 || System.nanoTime() > end);
		assertThat(started.stream().filter(Node::leads)).hasSizeLessThanOrEqualTo(1);
		// All agree, and nobody else ever led
		Node leader = started.stream().filter(Node::leads).findFirst().orElseThrow();
		await(() -> started.stream().allMatch((node) -> node.knows(leader.id)));
	}

	@Test
	void i12LiveDuplicateIsRefusedWithAClearStatus() {
		Node node = start("node-a", "1");
		await(node::leads);
		Node duplicate = start("node-a", "2");
		await(() -> duplicate.elector.status().duplicateNodeId());
		assertThat(duplicate.elector.status().problem()).contains("another live process at 127.0.0.1:1")
			.contains("node-a");
		assertThat(duplicate.elector.status().candidate()).isFalse();
		assertThat(node.leads()).isTrue();
	}

	@Test
	void i12RestartAfterAnOrderlyCloseNeedNotWaitForItsOldId() {
		Node node = start("node-a", "1");
		await(node::leads);
		node.elector.standAside(Duration.ofSeconds(60));
		assertThat(node.elector.release(node.elector.heldLease().orElseThrow().epoch())).isTrue();
		node.close();
		Node restarted = node("node-a", "2", LONG);
		long start = System.nanoTime();
		restarted.elector.start();
		await(restarted::leads);
		assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONG.leaseDuration());
	}

	@Test
	void i14SlowOrThrowingListenerDelaysNoRenewal() throws Exception {
		CountDownLatch blocked = new CountDownLatch(1);
		CountDownLatch entered = new CountDownLatch(1);
		Node node = node("node-a", "1", BUSY);
		node.elector.addListener(new Reaction((event) -> {
			throw new IllegalStateException("a listener that throws");
		}));
		node.elector.addListener(new Reaction((event) -> {
			if (event.startsWith("granted")) {
				entered.countDown();
				awaitQuietly(blocked);
			}
		}));
		node.elector.start();
		assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
		long before = node.elector.status().renewals();
		await(() -> node.elector.status().renewals() > before + 8);
		assertThat(node.leads()).isTrue();
		assertThat(node.elector.status().losses()).isZero();
		blocked.countDown();
	}

	@Test
	void i14GrantedAndLostAlternateAndGrantsAreValidWhenTold() {
		Node node = node("node-a", "1", SHORT);
		ForgetfulStore forgetful = new ForgetfulStore(node.store);
		LeaderElector elector = new LeaderElector(forgetful, Leases.identity("node-a", "1"), SHORT, Candidate.always(),
				Ticker.SYSTEM, new Random());
		elector.addListener(node);
		elector.start();
		try {
			for (int round = 1; round <= 3; round++) {
				int before = node.terms().size();
				await(() -> elector.heldLease().isPresent() && node.terms().size() > before);
				forgetful.broken = true;
				await(() -> node.lastTerm().startsWith("lost"));
				assertThat(elector.heldLease()).isEmpty();
				forgetful.broken = false;
			}
		}
		finally {
			elector.close();
		}
		List<String> terms = node.terms();
		for (int i = 0; i + 1 < terms.size(); i += 2) {
			String epoch = terms.get(i).split(" ")[1];
			assertThat(terms.get(i)).isEqualTo("granted " + epoch + " true");
			assertThat(terms.get(i + 1)).startsWith("lost " + epoch + " ");
		}
	}

	@Test
	void i14LossIsToldAtTheDeadlineThoughTheStoreBlocks() {
		Node node = node("node-a", "1", SHORT);
		BlockingStore blocking = new BlockingStore(node.store);
		LeaderElector elector = new LeaderElector(blocking, Leases.identity("node-a", "1"), SHORT, Candidate.always(),
				Ticker.SYSTEM, new Random());
		elector.addListener(node);
		elector.start();
		try {
			await(() -> elector.heldLease().isPresent() && !node.terms().isEmpty());
			blocking.block = true;
			await(() -> node.lastTerm().startsWith("lost"));
			assertThat(blocking.blocked.getCount()).isEqualTo(1);
		}
		finally {
			blocking.blocked.countDown();
			elector.close();
		}
	}

	@Test
	void candidateThatIsNotEligibleWaitsUntilItIs() {
		AtomicBoolean eligible = new AtomicBoolean();
		LeaseStore store = open("node-a", "1");
		LeaderElector elector = new LeaderElector(store, Leases.identity("node-a", "1"), SHORT, new Candidate() {

			@Override
			public boolean isEligible() {
				return eligible.get();
			}

			@Override
			public Epoch latestEpoch() {
				return new Epoch(77);
			}

		}, Ticker.SYSTEM, new Random());
		elector.start();
		try {
			Awaitility.await()
				.during(Duration.ofSeconds(1))
				.atMost(Duration.ofSeconds(30))
				.until(() -> elector.heldLease().isEmpty());
			eligible.set(true);
			elector.reconsider();
			await(() -> elector.heldLease().filter((lease) -> lease.epoch().value() > 77).isPresent());
		}
		finally {
			elector.close();
			store.close();
		}
	}

	@Test
	void listenerAddedAfterTheStartIsRefused() {
		Node node = start("node-a", "1");
		assertThatIllegalStateException().isThrownBy(() -> node.elector.addListener(node));
		assertThatIllegalStateException().isThrownBy(node.elector::start);
	}

	@Test
	void closeEndsAllThreadsAndMayBeRepeated() {
		Node node = start("node-a", "1");
		await(node::leads);
		node.close();
		node.close();
		await(() -> Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.noneMatch((name) -> name.startsWith("ha-election") || name.startsWith("ha-lease-watch")));
	}

	private Node node(String id, String nonce, ElectionSettings settings) {
		Node node = new Node(id, nonce, settings);
		this.nodes.add(node);
		return node;
	}

	private Node start(String id, String nonce) {
		return start(id, nonce, LONG);
	}

	private Node start(String id, String nonce, ElectionSettings settings) {
		Node node = node(id, nonce, settings);
		node.elector.start();
		return node;
	}

	private static void await(Callable<Boolean> condition) {
		Awaitility.await().until(condition);
	}

	private static void awaitQuietly(CountDownLatch latch) {
		try {
			latch.await(60, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private final class Node implements ElectionListener {

		final String id;

		final LeaseStore store;

		final LeaderElector elector;

		final List<String> events = new CopyOnWriteArrayList<>();

		Node(String id, String nonce, ElectionSettings settings) {
			this.id = id;
			this.store = open(id, nonce);
			this.elector = new LeaderElector(this.store, Leases.identity(id, nonce), settings, Candidate.always(),
					Ticker.SYSTEM, new Random());
			this.elector.addListener(this);
		}

		boolean leads() {
			return this.elector.heldLease().isPresent();
		}

		boolean knows(String leader) {
			return this.elector.leader().filter((lease) -> lease.holder().value().equals(leader)).isPresent();
		}

		String lastTerm() {
			List<String> terms = terms();
			return terms.get(terms.size() - 1);
		}

		List<String> terms() {
			return this.events.stream().filter((event) -> !event.startsWith("leader")).toList();
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

	private record Reaction(Consumer<String> reaction) implements ElectionListener {

		@Override
		public void granted(HeldLease lease) {
			this.reaction.accept("granted");
		}

		@Override
		public void lost(Epoch epoch, String reason) {
			this.reaction.accept("lost");
		}

		@Override
		public void leaderChanged(Optional<Lease> lease) {
			this.reaction.accept("leader");
		}

	}

	/**
	 * A store that can be made to fail.
	 */
	private static final class ForgetfulStore extends DelegatingLeaseStore {

		volatile boolean broken;

		ForgetfulStore(LeaseStore delegate) {
			super(delegate);
		}

		@Override
		protected void before() {
			if (this.broken) {
				throw new io.hacluster.StoreUnavailableException("broken by the test", null);
			}
		}

	}

	/**
	 * A store whose calls can be made to hang, against its contract.
	 */
	private static final class BlockingStore extends DelegatingLeaseStore {

		final CountDownLatch blocked = new CountDownLatch(1);

		volatile boolean block;

		BlockingStore(LeaseStore delegate) {
			super(delegate);
		}

		@Override
		protected void before() {
			if (this.block) {
				awaitQuietly(this.blocked);
			}
		}

	}

}
