package io.hacluster.replication.level;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Retention}.
 */
class RetentionTests {

	private static final Instant NOW = Instant.parse("2026-01-10T12:00:00Z");

	private final Retention retention = new Retention(Duration.ofHours(24), Duration.ofMinutes(5),
			Clock.fixed(NOW, ZoneOffset.UTC));

	private final List<LogEntry> entries = new ArrayList<>();

	private void batches(int from, int to, int hoursAgo) {
		for (int txid = from; txid <= to; txid++) {
			this.entries.add(entry(LtxName.batch(txid), hoursAgo));
		}
	}

	private void snapshot(int txid, int hoursAgo) {
		this.entries.add(entry(LtxName.snapshot(txid), hoursAgo));
	}

	private static LogEntry entry(LtxName name, int hoursAgo) {
		return entry(name, Duration.ofHours(hoursAgo));
	}

	private static LogEntry entry(LtxName name, Duration ago) {
		return new LogEntry(name, 100, NOW.minus(ago), new LogOffset(name.maxTxid()));
	}

	private List<LtxName> superfluous() {
		return this.retention.superfluous(this.entries, Set.of()).stream().map(LogEntry::name).toList();
	}

	@Test
	void superfluousWhenNoSnapshotIsOlderThanRetentionIsNothing() {
		batches(1, 10, 30);
		snapshot(5, 10);
		assertThat(superfluous()).isEmpty();
	}

	@Test
	void superfluousIsWhatTheBaseCovers() {
		snapshot(1, 60);
		batches(1, 3, 50);
		snapshot(3, 49);
		batches(4, 6, 40);
		snapshot(6, 25);
		batches(7, 9, 24);
		snapshot(9, 1);
		assertThat(superfluous()).containsExactly(LtxName.snapshot(1), LtxName.snapshot(3), LtxName.batch(1),
				LtxName.batch(2), LtxName.batch(3), LtxName.batch(4), LtxName.batch(5), LtxName.batch(6));
	}

	/**
	 * Litestream #1084 and #847: every transaction within the retention can be restored.
	 */
	@Test
	void superfluousKeepsWhatPointInTimeRestoreNeeds() {
		snapshot(2, 30);
		batches(1, 8, 26);
		batches(9, 12, 20);
		snapshot(12, 2);
		assertThat(superfluous()).containsExactly(LtxName.batch(1), LtxName.batch(2));
	}

	@Test
	void superfluousIsNeverTheNewestBatch() {
		batches(1, 4, 100);
		snapshot(4, 50);
		assertThat(superfluous()).containsExactly(LtxName.batch(1), LtxName.batch(2), LtxName.batch(3));
	}

	@Test
	void superfluousIsNeverTheNewestSnapshot() {
		snapshot(2, 90);
		snapshot(4, 80);
		batches(1, 5, 100);
		assertThat(superfluous()).contains(LtxName.snapshot(2)).doesNotContain(LtxName.snapshot(4), LtxName.batch(5));
	}

	@Test
	void superfluousIncludesCompactedFiles() {
		level(1, 1, 3, Duration.ofHours(60));
		level(2, 4, 9, Duration.ofHours(40));
		snapshot(4, 30);
		assertThat(superfluous()).containsExactly(new LtxName(1, 1, 3));
	}

	/**
	 * The batches of one file go together: what would be left of them would not connect
	 * to anything.
	 */
	@Test
	void superfluousAreTheBatchesOfALevelThatIsOldEnough() {
		level(1, 2, 3, Duration.ofMinutes(5));
		level(1, 4, 6, Duration.ofMinutes(4));
		for (int txid = 1; txid <= 8; txid++) {
			batch(txid, Duration.ofMinutes((txid <= 5) ? 6 : 4));
		}
		assertThat(superfluous()).containsExactly(LtxName.batch(2), LtxName.batch(3));
	}

	/**
	 * Litestream #784: also behind a hole, which never gets into a level.
	 */
	@LitestreamBug(13)
	@Test
	void superfluousIsABatchBehindAHole() {
		level(1, 2, 4, Duration.ofMinutes(7));
		level(1, 8, 9, Duration.ofMinutes(7));
		for (int txid : new int[] { 3, 6, 8, 9, 10 }) {
			batch(txid, Duration.ofMinutes(8));
		}
		assertThat(superfluous()).containsExactly(LtxName.batch(3), LtxName.batch(8), LtxName.batch(9));
	}

	/**
	 * What begins with the first transaction is a base: only its own twin replaces it.
	 */
	@Test
	void superfluousIsTheFirstBatchWhenASnapshotIsTheSame() {
		batches(1, 3, 2);
		snapshot(3, 1);
		assertThat(superfluous()).isEmpty();
		snapshot(1, 2);
		assertThat(superfluous()).containsExactly(LtxName.batch(1));
	}

	@Test
	void superfluousIsNothingThatOnlyAnUnsoundFileHolds() {
		level(1, 2, 3, Duration.ofHours(30));
		batches(1, 4, 30);
		snapshot(3, 26);
		Set<LtxName> unsound = Set.of(new LtxName(1, 2, 3), LtxName.snapshot(3));
		assertThat(this.retention.superfluous(this.entries, unsound)).isEmpty();
		snapshot(4, 25);
		assertThat(this.retention.superfluous(this.entries, unsound)).extracting(LogEntry::name)
			.contains(new LtxName(1, 2, 3), LtxName.snapshot(3), LtxName.batch(2))
			.doesNotContain(LtxName.snapshot(4), LtxName.batch(4));
	}

	private void level(int level, int from, int to, Duration ago) {
		this.entries.add(entry(new LtxName(level, from, to), ago));
	}

	private void batch(int txid, Duration ago) {
		this.entries.add(entry(LtxName.batch(txid), ago));
	}

}
