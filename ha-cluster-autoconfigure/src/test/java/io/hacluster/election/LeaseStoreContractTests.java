package io.hacluster.election;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.hacluster.StoreUnavailableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What every {@link LeaseStore} must do.
 */
public abstract class LeaseStoreContractTests {

	private static final int CONTENDERS = 6;

	private final List<LeaseStore> opened = new ArrayList<>();

	protected LeaseStore store;

	/**
	 * Opens another store on the same records, as another node would.
	 * @param node the node that opens it
	 * @return the store
	 */
	protected abstract LeaseStore open(String node);

	/**
	 * Removes all records behind the stores' backs.
	 */
	protected abstract void wipe() throws Exception;

	/**
	 * Writes bytes that are not a lease as the next revision of a key.
	 */
	protected abstract void corrupt(String key, byte[] record) throws Exception;

	protected final LeaseStore opened(String node) {
		LeaseStore added = open(node);
		this.opened.add(added);
		return added;
	}

	@BeforeEach
	void openStore() {
		this.store = opened("node-a");
	}

	@AfterEach
	void closeStores() {
		this.opened.forEach(LeaseStore::close);
	}

	@Test
	void readWhenNothingWasWrittenIsEmpty() {
		assertThat(this.store.read("leader")).isEmpty();
	}

	@Test
	void createThenReadFindsTheRecord() {
		VersionedLease created = this.store.create("leader", Leases.lease("node-a", 1));
		assertThat(created.lease()).isEqualTo(Leases.lease("node-a", 1));
		assertThat(this.store.read("leader")).contains(created);
		assertThat(opened("node-b").read("leader")).contains(created);
	}

	@Test
	void createOverExistingIsRefused() {
		this.store.create("leader", Leases.lease("node-a", 1));
		assertThatExceptionOfType(LeaseConflictException.class)
			.isThrownBy(() -> this.store.create("leader", Leases.lease("node-b", 2)));
		assertThat(this.store.read("leader").orElseThrow().lease()).isEqualTo(Leases.lease("node-a", 1));
	}

	@Test
	void updateRaisesTheRevision() {
		VersionedLease record = this.store.create("leader", Leases.lease("node-a", 1));
		for (int i = 2; i < 120; i++) {
			VersionedLease updated = this.store.update("leader", Leases.lease("node-a", i), record.revision());
			assertThat(updated.revision()).isGreaterThan(record.revision());
			assertThat(this.store.read("leader")).contains(updated);
			record = updated;
		}
	}

	@Test
	void updateOfTheSameContentRaisesTheRevision() {
		VersionedLease record = this.store.create("leader", Leases.lease("node-a", 1));
		assertThat(this.store.update("leader", record.lease(), record.revision()).revision())
			.isGreaterThan(record.revision());
	}

	@Test
	void staleUpdateIsRefused() {
		VersionedLease first = this.store.create("leader", Leases.lease("node-a", 1));
		VersionedLease second = this.store.update("leader", Leases.lease("node-a", 2), first.revision());
		assertThatExceptionOfType(LeaseConflictException.class)
			.isThrownBy(() -> this.store.update("leader", Leases.lease("node-b", 3), first.revision()));
		assertThat(this.store.read("leader")).contains(second);
	}

	@Test
	void updateOfAnAbsentRecordIsRefused() {
		assertThatExceptionOfType(LeaseConflictException.class)
			.isThrownBy(() -> this.store.update("leader", Leases.lease("node-a", 1), 7));
		assertThat(this.store.read("leader")).isEmpty();
	}

	@Test
	void keysAreIndependent() {
		VersionedLease leader = this.store.create("leader", Leases.lease("node-a", 1));
		this.store.create("node.node-a", Leases.lease("node-a", 5));
		VersionedLease updated = this.store.update("leader", Leases.lease("node-a", 2), leader.revision());
		assertThat(this.store.read("leader")).contains(updated);
		assertThat(this.store.read("node.node-a").orElseThrow().lease().epoch().value()).isEqualTo(5);
	}

	@Test
	void illegalKeyIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.store.read("../leader"));
		assertThatIllegalArgumentException().isThrownBy(() -> this.store.read(""));
		assertThatIllegalArgumentException().isThrownBy(() -> this.store.read("leader.>"));
	}

	@Test
	void recordThatIsNoLeaseIsRefusedByName() throws Exception {
		this.store.create("leader", Leases.lease("node-a", 1));
		corrupt("leader", "rubbish".getBytes());
		assertThatExceptionOfType(InvalidLeaseRecordException.class).isThrownBy(() -> this.store.read("leader"))
			.withMessageContaining("leader")
			.withMessageContaining("is not a lease");
	}

	@Test
	void createWhenManyRaceHasExactlyOneWinner() throws Exception {
		for (int round = 0; round < 30; round++) {
			String key = "race-" + round;
			List<VersionedLease> winners = race(
					(store, contender) -> store.create(key, Leases.lease("node-" + contender, 1)));
			assertThat(winners).hasSize(1);
			assertThat(this.store.read(key)).contains(winners.get(0));
		}
	}

	@Test
	void updateWhenManyRaceHasExactlyOneWinner() throws Exception {
		VersionedLease record = this.store.create("leader", Leases.lease("node-a", 1));
		for (int round = 2; round < 80; round++) {
			long expected = record.revision();
			int epoch = round;
			List<VersionedLease> winners = race(
					(store, contender) -> store.update("leader", Leases.lease("node-" + contender, epoch), expected));
			assertThat(winners).hasSize(1);
			record = winners.get(0);
			assertThat(this.store.read("leader")).contains(record);
		}
	}

	@Test
	void readThenUpdateWhenManyRaceLosesNoUpdate() throws Exception {
		this.store.create("leader", Leases.lease("node-a", 1));
		AtomicInteger wins = new AtomicInteger();
		race((store, contender) -> {
			for (int i = 0; i < 60; i++) {
				VersionedLease seen = store.read("leader").orElseThrow();
				try {
					store.update("leader", Leases.lease("node-" + contender, seen.lease().epoch().value() + 1),
							seen.revision());
					wins.incrementAndGet();
				}
				catch (LeaseConflictException ex) {
					// Another contender was faster
				}
			}
			return seen(store);
		});
		assertThat(this.store.read("leader").orElseThrow().lease().epoch().value()).isEqualTo(1 + wins.get());
	}

	private static VersionedLease seen(LeaseStore store) {
		return store.read("leader").orElseThrow();
	}

	@Test
	void wipedStoreIsEmptyAndCanBeWrittenAgain() throws Exception {
		VersionedLease record = this.store.create("leader", Leases.lease("node-a", 1));
		record = this.store.update("leader", Leases.lease("node-a", 2), record.revision());
		wipe();
		assertThat(this.store.read("leader")).isEmpty();
		this.store.create("leader", Leases.lease("node-b", 9));
		assertThat(this.store.read("leader").orElseThrow().lease()).isEqualTo(Leases.lease("node-b", 9));
	}

	@Test
	void updateAfterWipeDoesNotSucceed() throws Exception {
		VersionedLease first = this.store.create("leader", Leases.lease("node-a", 1));
		VersionedLease second = this.store.update("leader", Leases.lease("node-a", 1), first.revision());
		wipe();
		assertThatExceptionOfType(io.hacluster.HaClusterException.class)
			.isThrownBy(() -> this.store.update("leader", Leases.lease("node-a", 1), second.revision()));
		assertThat(this.store.read("leader")).isEmpty();
	}

	@Test
	void watchHintsAtAChangeByAnotherNode() {
		VersionedLease record = this.store.create("leader", Leases.lease("node-a", 1));
		AtomicInteger hints = new AtomicInteger();
		LeaseStore other = opened("node-b");
		try (LeaseStore.Watch watch = other.watch("leader", hints::incrementAndGet)) {
			for (int i = 2; i < 5; i++) {
				int before = hints.get();
				record = awaitHint(hints, before, record, i);
			}
		}
	}

	private VersionedLease awaitHint(AtomicInteger hints, int before, VersionedLease record, int epoch) {
		VersionedLease updated = this.store.update("leader", Leases.lease("node-a", epoch), record.revision());
		Awaitility.await().until(() -> hints.get() > before);
		return updated;
	}

	@Test
	void watchWhenClosedIsQuiet() {
		AtomicInteger hints = new AtomicInteger();
		AtomicInteger others = new AtomicInteger();
		this.store.watch("leader", hints::incrementAndGet).close();
		this.store.watch("leader", others::incrementAndGet);
		LeaseStore other = opened("node-b");
		VersionedLease record = other.create("leader", Leases.lease("node-b", 1));
		// One thread calls all: with this, a call that was under way at the close has
		// ended
		Awaitility.await().until(() -> others.get() > 0);
		int before = hints.get();
		int othersBefore = others.get();
		other.update("leader", Leases.lease("node-b", 2), record.revision());
		Awaitility.await().until(() -> others.get() > othersBefore);
		assertThat(hints).hasValue(before);
	}

	@Test
	void watchWhenACallbackThrowsStillServesTheOthers() {
		AtomicInteger hints = new AtomicInteger();
		this.store.watch("leader", () -> {
			throw new IllegalStateException("a callback that throws");
		});
		this.store.watch("leader", hints::incrementAndGet);
		int before = hints.get();
		opened("node-b").create("leader", Leases.lease("node-b", 1));
		Awaitility.await().until(() -> hints.get() > before);
	}

	@Test
	void everythingAfterCloseIsUnavailable() {
		this.store.create("leader", Leases.lease("node-a", 1));
		this.store.close();
		this.store.close();
		assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> this.store.read("leader"))
			.withMessageContaining("closed");
		assertThatExceptionOfType(StoreUnavailableException.class)
			.isThrownBy(() -> this.store.create("leader", Leases.lease("node-a", 1)));
		assertThatExceptionOfType(StoreUnavailableException.class)
			.isThrownBy(() -> this.store.update("leader", Leases.lease("node-a", 1), 1));
	}

	private List<VersionedLease> race(Contender contender) throws Exception {
		while (this.opened.size() < CONTENDERS) {
			opened("node-" + this.opened.size());
		}
		ExecutorService executor = Executors.newFixedThreadPool(CONTENDERS);
		try {
			CyclicBarrier barrier = new CyclicBarrier(CONTENDERS);
			List<Future<VersionedLease>> results = new ArrayList<>();
			for (int i = 0; i < CONTENDERS; i++) {
				int number = i;
				Callable<VersionedLease> task = () -> {
					barrier.await();
					return contender.run(this.opened.get(number), number);
				};
				results.add(executor.submit(task));
			}
			List<VersionedLease> winners = new ArrayList<>();
			for (Future<VersionedLease> result : results) {
				try {
					winners.add(result.get());
				}
				catch (java.util.concurrent.ExecutionException ex) {
					assertThat(ex.getCause()).isInstanceOf(LeaseConflictException.class);
				}
			}
			return winners;
		}
		finally {
			executor.shutdownNow();
		}
	}

	private interface Contender {

		VersionedLease run(LeaseStore store, int number) throws Exception;

	}

}
