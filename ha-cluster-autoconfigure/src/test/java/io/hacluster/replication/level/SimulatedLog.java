package io.hacluster.replication.level;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongPredicate;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.Contents;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.LtxReader;
import io.hacluster.replication.ltx.LtxWriter;
import io.hacluster.replication.ltx.MissingTransactionsException;
import io.hacluster.replication.ltx.RestorePlan;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A leader whose database is a handful of numbered pages and whose clock is moved by
 * hand. It remembers what the database was after each transaction.
 */
final class SimulatedLog implements AutoCloseable {

	static final NodeIdentity NODE = new NodeIdentity("test", new NodeId("node-a"), "nonce-a");

	static final int PAGE_SIZE = 512;

	private static final int MAX_PAGES = 60;

	final ReplicaStore store;

	final HandClock clock = new HandClock();

	final LevelCounters counters = new LevelCounters();

	final List<Instant> times = new ArrayList<>();

	private final Path directory;

	private final Random random;

	private final LevelSettings settings;

	private final List<Integer> states = new ArrayList<>();

	private final NavigableMap<Long, Long> pages = new TreeMap<>();

	LogWriter writer;

	LogKeeper keeper;

	volatile boolean stopped;

	private long txid;

	private long epoch;

	SimulatedLog(ReplicaStore store, Path directory, LevelSettings settings, long seed) {
		this.store = store;
		this.directory = directory;
		this.settings = settings;
		this.random = new Random(seed);
		lead();
	}

	/**
	 * Begins a term.
	 */
	void lead() {
		this.stopped = false;
		this.writer = this.store.fence(new Epoch(++this.epoch), NODE);
		this.keeper = new LogKeeper(this.settings, NODE, this.store, () -> this.writer, this.directory, this.counters,
				this.clock, Ticker.SYSTEM, () -> this.stopped);
	}

	long txid() {
		return this.txid;
	}

	/**
	 * Ships a transaction that changes some pages, and now and then the size.
	 */
	LogEntry commit() {
		Map<Long, Long> changed = new TreeMap<>();
		this.txid++;
		long before = this.pages.size();
		long after = Math.max(1, Math.min(MAX_PAGES, before + this.random.nextInt(7) - 3));
		if (this.txid == 1) {
			after = MAX_PAGES / 2;
		}
		for (long pgno = before + 1; pgno <= after; pgno++) {
			changed.put(pgno, this.random.nextLong());
		}
		for (int i = this.random.nextInt(4); i >= 0; i--) {
			changed.put(1 + (long) this.random.nextInt((int) after), this.random.nextLong());
		}
		this.pages.tailMap(after, false).clear();
		this.pages.putAll(changed);
		this.states.add(this.pages.hashCode());
		this.times.add(this.clock.instant());
		if (this.txid == 1) {
			append(LtxName.snapshot(1), file(1, changed));
		}
		return append(LtxName.batch(this.txid), file(this.txid, changed));
	}

	/**
	 * Ships the whole database, as a leader does that has lost its place.
	 */
	LogEntry commitAll() {
		this.txid++;
		this.states.add(this.pages.hashCode());
		this.times.add(this.clock.instant());
		return append(LtxName.batch(this.txid), file(this.txid, this.pages));
	}

	/**
	 * Takes a snapshot by reading the database.
	 */
	LogEntry snapshot() {
		return append(LtxName.snapshot(this.txid), file(1, this.pages));
	}

	LogEntry append(LtxName name, byte[] content) {
		try {
			LogEntry entry = this.writer.append(name, this.clock.instant(), Contents.of(content))
				.get(20, TimeUnit.SECONDS);
			this.keeper.appended(entry);
			return entry;
		}
		catch (Exception ex) {
			throw new AssertionError(ex);
		}
	}

	byte[] file(long from, Map<Long, Long> content) {
		LtxHeader header = LtxHeader.noChecksum(PAGE_SIZE, this.pages.size(), from, this.txid, this.clock.millis());
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (LtxWriter ltx = new LtxWriter(out, header)) {
			for (Map.Entry<Long, Long> page : content.entrySet()) {
				ltx.writePage(page.getKey(), ByteBuffer.allocate(PAGE_SIZE).putLong(page.getValue()).array(), 0);
			}
			ltx.finish();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return out.toByteArray();
	}

	/**
	 * Does what the thread of a leader does when it is its time.
	 */
	void keep() throws InterruptedException {
		boolean copy = this.keeper.compact().isPresent();
		if (this.keeper.isSnapshotDue() && (copy || this.keeper.mergeSnapshot(Long.MAX_VALUE).isEmpty())) {
			copy = true;
		}
		if (copy) {
			snapshot();
		}
		this.keeper.retire();
	}

	/**
	 * Restores every point that the log has, and compares with what the database was.
	 * @return the transactions that can be restored
	 */
	NavigableMap<Long, Instant> assertRestorable() throws IOException {
		return assertRestorable((point) -> true);
	}

	/**
	 * The same for some of the points.
	 */
	NavigableMap<Long, Instant> assertRestorable(LongPredicate some) throws IOException {
		List<LogEntry> log = this.store.list();
		Map<LtxName, Content> contents = new HashMap<>();
		for (LogEntry entry : log) {
			contents.put(entry.name(), Content.read(this.store, entry));
		}
		long base = log.stream()
			.map(LogEntry::name)
			.filter((name) -> name.level() == LtxName.LEVEL_SNAPSHOT)
			.mapToLong(LtxName::maxTxid)
			.min()
			.orElseThrow();
		NavigableMap<Long, Instant> points = new TreeMap<>();
		log.stream()
			.filter((entry) -> entry.name().maxTxid() >= base)
			.forEach((entry) -> points.put(entry.name().maxTxid(), entry.timestamp()));
		points.keySet().stream().filter(some::test).forEach((point) -> {
			assertThat(state(contents, point)).as("state after transaction %d", point)
				.isEqualTo(this.states.get(point.intValue() - 1));
		});
		assertThat(points.lastKey()).isEqualTo(this.txid);
		assertThat(state(contents, RestorePlan.LATEST)).isEqualTo(this.states.get((int) this.txid - 1));
		return points;
	}

	private static int state(Map<LtxName, Content> contents, long target) {
		NavigableMap<Long, Long> result = new TreeMap<>();
		List<LtxName> plan;
		try {
			plan = RestorePlan.restore(contents.keySet(), target);
		}
		catch (MissingTransactionsException ex) {
			throw new AssertionError(ex.getMessage() + " in " + new TreeSet<>(contents.keySet()), ex);
		}
		for (LtxName name : plan) {
			result.putAll(contents.get(name).pages());
			result.tailMap(contents.get(name).header().commit(), false).clear();
		}
		return result.hashCode();
	}

	List<LtxName> names(int level) {
		return this.store.list().stream().map(LogEntry::name).filter((name) -> name.level() == level).toList();
	}

	/**
	 * Asserts that the files of a level follow one another, each transaction in one of
	 * them.
	 */
	static void assertContiguous(Collection<LtxName> names) {
		long last = 0;
		for (LtxName name : new TreeSet<>(names)) {
			assertThat(last == 0 || name.minTxid() == last + 1).as("%s after %d", name, last).isTrue();
			last = name.maxTxid();
		}
	}

	@Override
	public void close() {
		this.writer.close();
		this.store.close();
	}

	private record Content(LtxHeader header, Map<Long, Long> pages) {

		static Content read(ReplicaStore store, LogEntry entry) throws IOException {
			Map<Long, Long> pages = new TreeMap<>();
			try (LtxReader reader = new LtxReader(store.open(entry))) {
				while (reader.next()) {
					pages.put(reader.pgno(), ByteBuffer.wrap(reader.page()).getLong());
				}
				assertThat(reader.header().maxTxid()).isEqualTo(entry.name().maxTxid());
				assertThat(reader.header().timestamp()).isEqualTo(entry.timestamp().toEpochMilli());
				return new Content(reader.header(), pages);
			}
		}

	}

	/**
	 * A clock that stands still.
	 */
	static final class HandClock extends Clock {

		private volatile Instant now = Instant.parse("2026-03-04T00:00:00Z");

		void advance(Duration duration) {
			this.now = this.now.plus(duration);
		}

		@Override
		public Instant instant() {
			return this.now;
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

}
