package io.hacluster.member;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What every {@link StateStore} must do.
 */
public abstract class StateStoreContractTests {

	private static final int CONTENDERS = 6;

	private final List<StateStore> opened = new ArrayList<>();

	protected StateStore store;

	/**
	 * Opens another store on the same records, as another node would.
	 * @param node the node that opens it
	 * @return the store
	 */
	protected abstract StateStore open(NodeIdentity node);

	/**
	 * Removes all records behind the stores' backs.
	 */
	protected abstract void wipe() throws Exception;

	protected static NodeIdentity identity(String node) {
		return new NodeIdentity("test", new NodeId(node), "nonce-" + node);
	}

	protected static byte[] bytes(String text) {
		return text.getBytes(StandardCharsets.UTF_8);
	}

	protected final StateStore opened(String node) {
		StateStore added = open(identity(node));
		this.opened.add(added);
		return added;
	}

	@BeforeEach
	void openStore() {
		this.store = opened("node-a");
	}

	@AfterEach
	void closeStores() {
		this.opened.forEach(StateStore::close);
	}

	@Test
	void readWhenNothingWasWrittenIsEmpty() {
		assertThat(this.store.read("pause")).isEmpty();
		assertThat(this.store.list("member.")).isEmpty();
	}

	@Test
	void createThenReadFindsTheRecord() {
		long revision = this.store.create("member.a", bytes("one"));
		assertThat(this.store.read("member.a")).contains(new StateRecord("member.a", bytes("one"), revision));
		assertThat(opened("node-b").read("member.a")).contains(new StateRecord("member.a", bytes("one"), revision));
	}

	@Test
	void createOverExistingIsRefused() {
		this.store.create("pause", bytes("one"));
		assertThatExceptionOfType(StateConflictException.class)
			.isThrownBy(() -> this.store.create("pause", bytes("two")));
		assertThat(this.store.read("pause").orElseThrow().value()).isEqualTo(bytes("one"));
	}

	@Test
	void updateRaisesTheRevisionAlsoWithTheSameValue() {
		long revision = this.store.create("member.a", bytes("one"));
		for (int i = 0; i < 50; i++) {
			long next = this.store.update("member.a", bytes("one"), revision);
			assertThat(next).isGreaterThan(revision);
			assertThat(this.store.read("member.a").orElseThrow().revision()).isEqualTo(next);
			revision = next;
		}
	}

	@Test
	void staleUpdateIsRefused() {
		long first = this.store.create("pause", bytes("one"));
		long second = this.store.update("pause", bytes("two"), first);
		assertThatExceptionOfType(StateConflictException.class)
			.isThrownBy(() -> opened("node-b").update("pause", bytes("three"), first));
		assertThat(this.store.read("pause")).contains(new StateRecord("pause", bytes("two"), second));
	}

	@Test
	void updateOfAnAbsentRecordIsRefused() {
		assertThatExceptionOfType(StateConflictException.class)
			.isThrownBy(() -> this.store.update("pause", bytes("one"), 7));
		assertThat(this.store.read("pause")).isEmpty();
	}

	@Test
	void listFindsTheRecordsOfAPrefixAlone() {
		this.store.create("member.a", bytes("a"));
		this.store.create("member.b-1.example", bytes("b"));
		this.store.create("term.7", bytes("t"));
		this.store.create("pause", bytes("p"));
		long latest = this.store.update("member.a", bytes("a2"), this.store.read("member.a").orElseThrow().revision());
		assertThat(this.store.list("member.")).hasSize(2)
			.contains(new StateRecord("member.a", bytes("a2"), latest))
			.extracting(StateRecord::key)
			.containsExactlyInAnyOrder("member.a", "member.b-1.example");
		assertThat(this.store.list("term.")).extracting(StateRecord::key).containsExactly("term.7");
	}

	@Test
	void removedRecordIsGoneAndCanBeMadeAgain() {
		long first = this.store.create("member.a", bytes("one"));
		this.store.update("member.a", bytes("two"), first);
		this.store.remove("member.a");
		assertThat(this.store.read("member.a")).isEmpty();
		assertThat(this.store.list("member.")).isEmpty();
		this.store.remove("member.a");
		this.store.create("member.a", bytes("three"));
		assertThat(this.store.read("member.a").orElseThrow().value()).isEqualTo(bytes("three"));
	}

	@Test
	void valueMayBeAsLargeAsTheBoundAndNoLarger() {
		byte[] largest = new byte[StateStore.MAX_BYTES];
		this.store.create("member.a", largest);
		assertThat(this.store.read("member.a").orElseThrow().value()).isEqualTo(largest);
		byte[] tooLarge = new byte[StateStore.MAX_BYTES + 1];
		assertThatIllegalArgumentException().isThrownBy(() -> this.store.create("member.b", tooLarge));
	}

	@Test
	void illegalKeyIsRefused() {
		for (String key : List.of("", "../x", "a b", "member.>", "member.*", "a..b", "a.", ".a", "a/b", "a~1",
				"x".repeat(101))) {
			assertThatIllegalArgumentException().isThrownBy(() -> this.store.read(key));
			assertThatIllegalArgumentException().isThrownBy(() -> this.store.create(key, bytes("x")));
		}
	}

	@Test
	void createWhenManyRaceHasExactlyOneWinner() throws Exception {
		for (int round = 0; round < 10; round++) {
			String key = "race-" + round;
			assertThat(race((contender) -> contender.create(key, bytes("x")))).isEqualTo(1);
		}
	}

	@Test
	void updateWhenManyRaceHasExactlyOneWinner() throws Exception {
		for (int round = 0; round < 10; round++) {
			String key = "race-" + round;
			long revision = this.store.create(key, bytes("x"));
			assertThat(race((contender) -> contender.update(key, bytes("y"), revision))).isEqualTo(1);
		}
	}

	private long race(Write write) throws Exception {
		CyclicBarrier start = new CyclicBarrier(CONTENDERS);
		ExecutorService executor = Executors.newFixedThreadPool(CONTENDERS);
		try {
			List<Callable<Boolean>> contenders = new ArrayList<>();
			for (int i = 0; i < CONTENDERS; i++) {
				StateStore contender = (this.opened.size() > i + 1) ? this.opened.get(i + 1) : opened("node-" + i);
				contenders.add(() -> {
					start.await();
					try {
						write.by(contender);
						return true;
					}
					catch (StateConflictException ex) {
						return false;
					}
				});
			}
			long winners = 0;
			for (Future<Boolean> result : executor.invokeAll(contenders)) {
				winners += result.get() ? 1 : 0;
			}
			return winners;
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void watchHintsAtTheKeyUntilItIsClosed() {
		List<String> hints = new CopyOnWriteArrayList<>();
		StateStore.Watch watch = opened("node-b").watch(hints::add);
		// A watch that is being set up may miss the first changes
		Awaitility.await().pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
			this.store.remove("member.a");
			this.store.create("member.a", bytes("x"));
			assertThat(hints).contains("member.a");
		});
		watch.close();
		watch.close();
	}

	@Test
	void recordsThatWereWipedAreAbsentAndCanBeMadeAgain() throws Exception {
		long first = this.store.create("member.a", bytes("one"));
		wipe();
		assertThat(this.store.read("member.a")).isEmpty();
		assertThat(this.store.list("member.")).isEmpty();
		assertThatExceptionOfType(StateConflictException.class)
			.isThrownBy(() -> this.store.update("member.a", bytes("two"), first));
		this.store.create("member.a", bytes("three"));
		assertThat(this.store.list("member.")).hasSize(1);
	}

	@Test
	void storeThatIsClosedRefusesAndClosesTwice() {
		this.store.close();
		this.store.close();
		assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> this.store.read("pause"));
		assertThatExceptionOfType(StoreUnavailableException.class)
			.isThrownBy(() -> this.store.create("pause", bytes("x")));
	}

	@FunctionalInterface
	private interface Write {

		void by(StateStore contender);

	}

}
