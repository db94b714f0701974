package io.hacluster.replication;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.hacluster.Epoch;
import io.hacluster.FencedException;
import io.hacluster.HaClusterException;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.replication.ReplicaStore.LogTail;
import io.hacluster.replication.ltx.LtxName;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

/**
 * What every {@link ReplicaStore} must do. Each test has a log of its own, which any
 * number of nodes may open.
 */
public abstract class ReplicaStoreContractTests {

	protected static final NodeIdentity NODE_A = identity("a");

	protected static final NodeIdentity NODE_B = identity("b");

	protected static final Instant TIME = Instant.parse("2026-03-04T05:06:07.123Z");

	private final List<AutoCloseable> opened = new ArrayList<>();

	/**
	 * Opens the log of this test as one node does.
	 */
	protected abstract ReplicaStore openStore(NodeIdentity node);

	/**
	 * Returns after how many appends a leader is overtaken in the torture.
	 */
	protected int tortureAppends() {
		return 20;
	}

	protected ReplicaStore store(NodeIdentity node) {
		return closing(openStore(node));
	}

	protected <T extends AutoCloseable> T closing(T closeable) {
		this.opened.add(0, closeable);
		return closeable;
	}

	@AfterEach
	void closeAll() throws Exception {
		for (AutoCloseable closeable : this.opened) {
			closeable.close();
		}
	}

	protected static NodeIdentity identity(String node) {
		return new NodeIdentity("test", new NodeId(node), "nonce-of-" + node);
	}

	protected LogWriter fence(ReplicaStore store, long epoch, NodeIdentity leader) {
		return closing(store.fence(new Epoch(epoch), leader));
	}

	protected static LogEntry append(LogWriter writer, LtxName name, String text) {
		return get(writer.append(name, TIME, Contents.of(text)));
	}

	protected static <T> T get(CompletableFuture<T> future) {
		try {
			return future.get(60, TimeUnit.SECONDS);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof HaClusterException cause) {
				throw cause;
			}
			return fail(ex);
		}
		catch (InterruptedException | TimeoutException ex) {
			return fail(ex);
		}
	}

	protected static byte[] read(ReplicaStore store, LogEntry entry) throws IOException {
		try (InputStream stream = store.open(entry)) {
			return stream.readAllBytes();
		}
	}

	protected RecordingObserver tail(ReplicaStore store, LogOffset after) {
		RecordingObserver observer = new RecordingObserver();
		closing(store.tail(after, observer));
		return observer;
	}

	@Test
	void emptyLogHoldsNothing() {
		ReplicaStore store = store(NODE_A);
		assertThat(store.currentFence()).isEmpty();
		assertThat(store.list()).isEmpty();
		RecordingObserver observer = tail(store, LogOffset.START);
		observer.awaitReached(LogOffset.START);
		assertThat(observer.events()).isEmpty();
	}

	@Test
	void fenceIsReadBackByOthers() {
		Fence fence = fence(store(NODE_A), 3, NODE_A).fence();
		assertThat(fence.epoch()).isEqualTo(new Epoch(3));
		assertThat(fence.node()).isEqualTo(NODE_A.nodeId());
		assertThat(fence.nonce()).isEqualTo(NODE_A.nonce());
		assertThat(fence.logId()).isNotBlank();
		assertThat(store(NODE_B).currentFence()).contains(fence);
	}

	@Test
	void fenceKeepsTheLogId() {
		Fence first = fence(store(NODE_A), 1, NODE_A).fence();
		Fence second = fence(store(NODE_B), 2, NODE_B).fence();
		assertThat(second.logId()).isEqualTo(first.logId());
		assertThat(second.offset()).isGreaterThanOrEqualTo(first.offset());
	}

	@Test
	void fenceWhenNewerEpochIsRefused() {
		fence(store(NODE_B), 5, NODE_B);
		ReplicaStore store = store(NODE_A);
		assertThatExceptionOfType(FencedException.class).isThrownBy(() -> store.fence(new Epoch(4), NODE_A))
			.withMessageContaining("5");
		assertThat(store.currentFence().orElseThrow().epoch()).isEqualTo(new Epoch(5));
	}

	@Test
	void fenceWhenSameEpochOfAnotherProcessIsRefused() {
		LogWriter writer = fence(store(NODE_B), 5, NODE_B);
		ReplicaStore store = store(NODE_A);
		assertThatExceptionOfType(FencedException.class).isThrownBy(() -> store.fence(new Epoch(5), NODE_A));
		append(writer, LtxName.batch(1), "still leads");
	}

	@Test
	void fenceAgainBySameLeaderReplacesItsWriter() {
		ReplicaStore store = store(NODE_A);
		LogWriter first = fence(store, 5, NODE_A);
		append(first, LtxName.batch(1), "one");
		LogWriter second = fence(store, 5, NODE_A);
		append(second, LtxName.batch(2), "two");
		assertThatExceptionOfType(StoreUnavailableException.class)
			.isThrownBy(() -> append(first, LtxName.batch(3), "stale"));
		append(second, LtxName.batch(3), "three");
		assertThat(store.list()).extracting(LogEntry::name)
			.containsExactly(LtxName.batch(1), LtxName.batch(2), LtxName.batch(3));
	}

	@Test
	void appendWhenFencedFailsAndStaysFailed() {
		ReplicaStore store = store(NODE_A);
		LogWriter stale = fence(store, 1, NODE_A);
		append(stale, LtxName.batch(1), "one");
		fence(store(NODE_B), 2, NODE_B);
		for (int attempt = 0; attempt < 3; attempt++) {
			assertThatExceptionOfType(FencedException.class).isThrownBy(() -> append(stale, LtxName.batch(2), "stale"));
		}
		assertThat(store.list()).extracting(LogEntry::name).containsExactly(LtxName.batch(1));
	}

	@Test
	void retireWhenFencedIsRefused() {
		LogWriter stale = fence(store(NODE_A), 1, NODE_A);
		LogEntry entry = append(stale, LtxName.batch(1), "one");
		ReplicaStore store = store(NODE_B);
		fence(store, 2, NODE_B);
		assertThatExceptionOfType(FencedException.class).isThrownBy(() -> stale.retire(entry));
		assertThat(store.list()).containsExactly(entry);
	}

	@Test
	void appendedFilesAreListedInOrderOfLevelAndTransaction() throws IOException {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		List<LogEntry> entries = List.of(append(writer, LtxName.batch(1), "one"),
				append(writer, LtxName.batch(2), "two"), append(writer, new LtxName(1, 1, 2), "both"),
				append(writer, LtxName.snapshot(2), "all"));
		ReplicaStore other = store(NODE_B);
		assertThat(other.list()).containsExactlyElementsOf(entries);
		assertThat(read(other, entries.get(2))).asString().isEqualTo("both");
		assertThat(other.list().get(0).timestamp()).isEqualTo(TIME);
	}

	@Test
	void appendOfAnExistingNameReplacesIt() throws IOException {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		append(writer, LtxName.snapshot(1), "old");
		append(writer, LtxName.snapshot(1), "newer");
		assertThat(store.list()).hasSize(1);
		LogEntry entry = store.list().get(0);
		assertThat(entry.size()).isEqualTo(5);
		assertThat(read(store, entry)).asString().isEqualTo("newer");
	}

	@Test
	void appendWhenContentCannotBeReadFailsWithoutAFile() {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		ByteSource broken = new ByteSource() {

			@Override
			public long size() {
				return 10;
			}

			@Override
			public InputStream openStream() throws IOException {
				throw new IOException("unreadable");
			}

		};
		assertThatExceptionOfType(StoreUnavailableException.class)
			.isThrownBy(() -> get(writer.append(LtxName.snapshot(1), TIME, broken)))
			.withMessageContaining("unreadable");
		append(writer, LtxName.batch(1), "goes on");
		assertThat(store.list()).extracting(LogEntry::name).containsExactly(LtxName.batch(1));
	}

	@Test
	void largeContentComesBackWhole() throws IOException {
		byte[] bytes = Contents.random(20 * 1024 * 1024 + 12345);
		ReplicaStore store = store(NODE_A);
		LogEntry entry = get(fence(store, 1, NODE_A).append(LtxName.snapshot(1), TIME, Contents.of(bytes)));
		assertThat(entry.size()).isEqualTo(bytes.length);
		assertThat(read(store(NODE_B), entry)).isEqualTo(bytes);
	}

	@Test
	void retiredFileIsGone() {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		LogEntry entry = append(writer, LtxName.batch(1), "one");
		append(writer, LtxName.batch(2), "two");
		writer.retire(entry);
		writer.retire(entry);
		assertThat(store.list()).extracting(LogEntry::name).containsExactly(LtxName.batch(2));
		assertThatExceptionOfType(FileNotFoundException.class).isThrownBy(() -> read(store, entry));
	}

	@Test
	void closedWriterAppendsNothing() {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		writer.close();
		writer.close();
		assertThatExceptionOfType(StoreUnavailableException.class)
			.isThrownBy(() -> append(writer, LtxName.batch(1), "one"));
		assertThat(store.list()).isEmpty();
	}

	@Test
	void tailDeliversWhatIsThereAndWhatComes() {
		LogWriter writer = fence(store(NODE_A), 1, NODE_A);
		append(writer, LtxName.batch(1), "one");
		append(writer, LtxName.batch(2), "two");
		append(writer, LtxName.snapshot(2), "not delivered");
		RecordingObserver observer = tail(store(NODE_B), LogOffset.START);
		observer.awaitEvent("file 2 two");
		LogEntry third = append(writer, LtxName.batch(3), "three");
		observer.awaitReached(third.offset());
		assertThat(observer.events()).containsExactly("fence 1", "file 1 one", "file 2 two", "file 3 three");
		assertThat(observer.files().get(2)).isEqualTo(third);
	}

	@Test
	void tailFromTheMiddleDeliversTheRest() {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		List<LogEntry> entries = new ArrayList<>();
		for (int txid = 1; txid <= 5; txid++) {
			entries.add(append(writer, LtxName.batch(txid), "content"));
		}
		RecordingObserver observer = tail(store, entries.get(2).offset());
		observer.awaitReached(entries.get(4).offset());
		assertThat(observer.files()).containsExactlyElementsOf(entries.subList(3, 5));
	}

	@Test
	void tailDeliversFencesInTheirPlace() {
		LogWriter first = fence(store(NODE_A), 1, NODE_A);
		RecordingObserver observer = tail(store(identity("c")), LogOffset.START);
		observer.awaitEvent("fence 1");
		append(first, LtxName.batch(1), "one");
		observer.awaitEvent("file 1 one");
		LogWriter second = fence(store(NODE_B), 2, NODE_B);
		observer.awaitEvent("fence 2");
		LogEntry last = append(second, LtxName.batch(2), "two");
		observer.awaitReached(last.offset());
		assertThat(observer.events()).containsExactly("fence 1", "file 1 one", "fence 2", "file 2 two");
		assertThat(observer.fences()).containsExactly(first.fence(), second.fence());
	}

	@Test
	void tailReachesTheFenceOfAnEmptyTerm() {
		LogWriter writer = fence(store(NODE_A), 1, NODE_A);
		RecordingObserver late = tail(store(NODE_B), LogOffset.START);
		late.awaitReached(writer.fence().offset());
		RecordingObserver atTheEnd = tail(store(NODE_B), writer.fence().offset());
		atTheEnd.awaitReached(writer.fence().offset());
	}

	@Test
	void tailDeliversLargeFiles() {
		byte[] bytes = Contents.random(9 * 1024 * 1024);
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		RecordingObserver observer = tail(store, LogOffset.START);
		get(writer.append(LtxName.batch(1), TIME, Contents.of(bytes)));
		observer.awaitEvent("file 1 " + bytes.length + " bytes");
	}

	@Test
	void tailWaitsForASlowObserverAndLosesNothing() throws InterruptedException {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		Semaphore allowed = new Semaphore(0);
		AtomicInteger seen = new AtomicInteger();
		RecordingObserver observer = new RecordingObserver() {

			@Override
			public void file(LogEntry entry, ByteSource content) {
				allowed.acquireUninterruptibly();
				seen.incrementAndGet();
				super.file(entry, content);
			}

		};
		closing(store.tail(LogOffset.START, observer));
		LogEntry last = null;
		for (int txid = 1; txid <= 200; txid++) {
			last = append(writer, LtxName.batch(txid), "x".repeat(1000));
		}
		assertThat(seen).hasValue(0);
		allowed.release(1000);
		observer.awaitReached(last.offset());
		assertThat(observer.files()).hasSize(200).isSortedAccordingTo((a, b) -> a.offset().compareTo(b.offset()));
	}

	@Test
	void closedTailIsSilent() {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		RecordingObserver observer = new RecordingObserver();
		LogTail tail = store.tail(LogOffset.START, observer);
		append(writer, LtxName.batch(1), "one");
		observer.awaitEvent("file 1 one");
		tail.close();
		tail.close();
		append(writer, LtxName.batch(2), "two");
		RecordingObserver other = tail(store, LogOffset.START);
		other.awaitEvent("file 2 two");
		assertThat(observer.events()).doesNotContain("file 2 two", "broken", "interrupted");
	}

	@Test
	void appendsOfSeveralThreadsEachArriveWhole() throws Exception {
		byte[] bytes = Contents.random(10 * 1024 * 1024);
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		RecordingObserver observer = tail(store, LogOffset.START);
		CompletableFuture<LogEntry> snapshot = CompletableFuture
			.supplyAsync(() -> get(writer.append(LtxName.snapshot(1), TIME, Contents.of(bytes))));
		LogEntry last = null;
		for (int txid = 1; txid <= 100 || !snapshot.isDone(); txid++) {
			last = append(writer, LtxName.batch(txid), "batch " + txid);
		}
		assertThat(read(store, get(snapshot))).isEqualTo(bytes);
		observer.awaitReached(last.offset());
		List<String> expected = new ArrayList<>(List.of("fence 1"));
		for (long txid = 1; txid <= last.name().maxTxid(); txid++) {
			expected.add("file " + txid + " batch " + txid);
		}
		assertThat(observer.events()).isEqualTo(expected);
	}

	@Test
	void listAndOpenWhileWriting() throws Exception {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		append(writer, LtxName.batch(1), "batch 1");
		CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
			for (int txid = 2; txid <= 300; txid++) {
				append(writer, LtxName.batch(txid), "batch " + txid);
			}
		});
		ReplicaStore other = store(NODE_B);
		int before = 0;
		do {
			List<LogEntry> entries = other.list();
			assertThat(entries).hasSizeGreaterThanOrEqualTo(before).isNotEmpty();
			before = entries.size();
			LogEntry newest = entries.get(entries.size() - 1);
			assertThat(read(other, newest)).asString().isEqualTo("batch " + newest.name().maxTxid());
		}
		while (!writing.isDone());
		writing.get();
		assertThat(other.list()).hasSize(300);
	}

	@Test
	void appendStoppedHalfwayCannotLandAfterTheFence() throws Exception {
		LogWriter stale = fence(store(NODE_A), 1, NODE_A);
		append(stale, LtxName.batch(1), "one");
		CountDownLatch paused = new CountDownLatch(1);
		CountDownLatch resume = new CountDownLatch(1);
		CompletableFuture<LogEntry> halfway = CompletableFuture
			.supplyAsync(() -> get(stale.append(LtxName.batch(2), TIME, Contents.pausing("stale", paused, resume))));
		assertThat(paused.await(60, TimeUnit.SECONDS)).isTrue();
		ReplicaStore store = store(NODE_B);
		LogWriter writer = fence(store, 2, NODE_B);
		resume.countDown();
		Awaitility.await().until(halfway::isDone);
		assertThat(halfway).isCompletedExceptionally();
		assertThat(store.list()).extracting(LogEntry::name).containsExactly(LtxName.batch(1));
		append(writer, LtxName.batch(2), "two");
		assertThat(read(store, store.list().get(1))).asString().isEqualTo("two");
	}

	@Test
	void tailIsBrokenWhenTheLogIsShorterThanItsPlace() {
		ReplicaStore store = store(NODE_A);
		fence(store, 1, NODE_A);
		RecordingObserver observer = tail(store, new LogOffset(1_000_000));
		observer.awaitEvent("broken");
		assertThat(observer.events()).containsExactly("broken");
	}

	@Test
	void racingFencesLeaveTheNewestInCharge() throws Exception {
		ReplicaStore older = store(NODE_A);
		ReplicaStore newer = store(NODE_B);
		for (long epoch = 1; epoch < 60; epoch += 2) {
			Epoch low = new Epoch(epoch);
			CompletableFuture<LogWriter> loser = CompletableFuture.supplyAsync(() -> older.fence(low, NODE_A));
			LogWriter winner = newer.fence(new Epoch(epoch + 1), NODE_B);
			append(winner, LtxName.batch(epoch), "winner");
			try (LogWriter stale = loser.get(60, TimeUnit.SECONDS)) {
				long txid = epoch + 1;
				assertThatExceptionOfType(FencedException.class)
					.isThrownBy(() -> append(stale, LtxName.batch(txid), "stale"));
			}
			catch (ExecutionException ex) {
				assertThat(ex).hasCauseInstanceOf(FencedException.class);
			}
			append(winner, LtxName.batch(epoch + 1), "winner");
			assertThat(newer.currentFence()).contains(winner.fence());
			winner.close();
		}
		for (LogEntry entry : newer.list()) {
			assertThat(read(newer, entry)).asString().isEqualTo("winner");
		}
	}

	/**
	 * Server 2.9 jumps over what a lagging feed has not delivered when a file is
	 * replaced.
	 */
	@Test
	void tailThatLagsMissesNothingWhenFilesAreReplacedAndRetired() {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		CountDownLatch allowed = new CountDownLatch(1);
		RecordingObserver observer = new RecordingObserver() {

			@Override
			public void file(LogEntry entry, ByteSource content) {
				try {
					allowed.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				super.file(entry, content);
			}

		};
		closing(store.tail(LogOffset.START, observer));
		LogEntry last = null;
		String content = "x".repeat(100_000);
		for (int txid = 1; txid <= 300; txid++) {
			last = append(writer, LtxName.batch(txid), content);
		}
		for (int i = 0; i < 3; i++) {
			last = append(writer, LtxName.batch(last.name().maxTxid() + 1), content);
			append(writer, LtxName.snapshot(1), content);
			writer.retire(append(writer, LtxName.snapshot(2), content.repeat(3)));
		}
		allowed.countDown();
		observer.awaitReached(last.offset());
		assertThat(observer.files()).hasSize(303);
		assertThat(observer.events()).doesNotContain("broken", "interrupted");
	}

	/**
	 * The takeover torture: a stale leader appends as fast as it can while the next one
	 * takes over, again and again. Not one file of a leader may lie behind the fence of
	 * the next.
	 */
	@Test
	void takeoversLeaveNoStaleWriteBehindTheFence() throws Exception {
		int takeovers = 250;
		List<NodeIdentity> leaders = List.of(NODE_A, NODE_B);
		List<ReplicaStore> stores = List.of(store(NODE_A), store(NODE_B));
		List<Fence> fences = new ArrayList<>();
		LogWriter stale = stores.get(0).fence(new Epoch(1), NODE_A);
		fences.add(stale.fence());
		AtomicInteger acknowledged = new AtomicInteger();
		for (int epoch = 2; epoch <= takeovers + 1; epoch++) {
			LogWriter old = stale;
			CountDownLatch busy = new CountDownLatch(tortureAppends());
			int staleEpoch = epoch - 1;
			Thread thread = new Thread(() -> appendUntilRefused(old, staleEpoch, busy, acknowledged));
			thread.start();
			assertThat(busy.await(60, TimeUnit.SECONDS)).isTrue();
			int index = epoch % 2;
			stale = stores.get(1 - index).fence(new Epoch(epoch), leaders.get(1 - index));
			fences.add(stale.fence());
			thread.join(TimeUnit.SECONDS.toMillis(60));
			assertThat(thread.isAlive()).isFalse();
			old.close();
		}
		stale.close();
		List<LogEntry> entries = store(identity("c")).list();
		assertThat(entries).hasSizeGreaterThanOrEqualTo(acknowledged.get());
		assertThat(entries).allSatisfy((entry) -> {
			int epoch = (int) (entry.name().maxTxid() >> 20);
			assertThat(entry.offset()).isGreaterThan(fences.get(epoch - 1).offset());
			if (epoch < fences.size()) {
				assertThat(entry.offset()).isLessThanOrEqualTo(fences.get(epoch).offset());
			}
		});
	}

	/**
	 * Appends without waiting; the transaction numbers tell the epoch.
	 */
	private static void appendUntilRefused(LogWriter writer, int epoch, CountDownLatch busy,
			AtomicInteger acknowledged) {
		long base = (long) epoch << 20;
		CompletableFuture<LogEntry> last = CompletableFuture.completedFuture(null);
		for (long n = 1; !last.isCompletedExceptionally() && n < 20_000; n++) {
			last = writer.append(LtxName.batch(base + n), TIME, Contents.of("epoch " + epoch));
			last.thenRun(acknowledged::incrementAndGet);
			busy.countDown();
			if (n > 100) {
				// Still busy when the fence comes, however long that takes on a busy
				// machine,
				// but without a log that takes minutes to list
				LockSupport.parkNanos(1_000_000);
			}
		}
		last.exceptionally((ex) -> null).join();
	}

}
