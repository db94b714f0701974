package io.hacluster.replication.restore;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RestorePlanner}.
 */
class RestorePlannerTests {

	private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

	private final List<LogEntry> log = new ArrayList<>();

	@Test
	void planWhenLogIsEmptySaysSo() {
		assertFails(RestorePoint.latest()).withMessageContaining("empty");
	}

	@Test
	void planForLatestIsSnapshotAndWhatFollows() {
		batches(1, 10);
		add(9, 1, 6, 6);
		assertThat(plan(RestorePoint.latest())).extracting(LtxName::path)
			.containsExactly(name(9, 1, 6), name(0, 7, 7), name(0, 8, 8), name(0, 9, 9), name(0, 10, 10));
	}

	@Test
	void planForLatestWhenThereIsAHoleNamesWhatCanBeRestored() {
		batches(1, 5);
		batches(7, 9);
		assertFails(RestorePoint.latest()).withMessageContaining("hole")
			.withMessageContaining("asking for transaction 5");
	}

	@Test
	void planForLatestWhenTheBeginningIsGoneSaysSo() {
		batches(5, 9);
		assertFails(RestorePoint.latest()).withMessageContaining("no snapshot");
	}

	@Test
	void planForTransactionBeyondTheEndNamesTheEnd() {
		batches(1, 5);
		assertFails(RestorePoint.transaction(6)).withMessageContaining("no transaction 6")
			.withMessageContaining("ends with transaction 5");
	}

	@LitestreamBug(17)
	@Test
	void planForTransactionWithinAMergedFileNamesItsNeighboursLitestream847() {
		add(9, 1, 10, 10);
		add(1, 11, 20, 20);
		batches(21, 23);
		assertFails(RestorePoint.transaction(15)).withMessageContaining("10 and 20");
		assertFails(RestorePoint.transaction(4)).withMessageContaining("none and 10");
		assertThat(last(RestorePoint.transaction(20))).isEqualTo(20);
		assertThat(last(RestorePoint.transaction(22))).isEqualTo(22);
	}

	@Test
	void planBeforeAMomentIsExclusiveOfIt() {
		batches(1, 10);
		assertThat(last(before(5))).isEqualTo(4);
		assertThat(last(RestorePoint.before(START.plusSeconds(5).plusNanos(1)))).isEqualTo(5);
		assertThat(last(before(1000))).isEqualTo(10);
	}

	@LitestreamBug(17)
	@Test
	void planBeforeAMomentWithinAMergedFileIsWhatComesBeforeTheFileLitestream1084() {
		add(9, 1, 10, 10);
		add(2, 11, 20, 20);
		add(1, 21, 25, 25);
		batches(26, 30);
		assertThat(last(before(25))).isEqualTo(20);
		assertThat(last(before(26))).isEqualTo(25);
		assertThat(last(before(28))).isEqualTo(27);
		assertThat(last(before(20))).isEqualTo(10);
	}

	@Test
	void planBeforeAMomentTakesTheLastSnapshotBeforeIt() {
		batches(1, 30);
		add(9, 1, 10, 10);
		add(9, 1, 20, 20);
		assertThat(plan(before(20))).first().extracting(LtxName::path).isEqualTo(name(9, 1, 10));
		assertThat(plan(before(21))).extracting(LtxName::path).containsExactly(name(9, 1, 20));
	}

	@Test
	void planBeforeTheFirstSnapshotSaysHowFarTheLogReachesBack() {
		add(9, 1, 10, 10);
		batches(5, 12);
		assertFails(before(10)).withMessageContaining("no state from before")
			.withMessageContaining("reaches back to " + START.plusSeconds(10) + ", transaction 10");
		assertFails(before(1)).withMessageContaining("reaches back");
	}

	@Test
	void planBeforeAMomentWhenTheClockOfALaterLeaderIsBehindEndsAtTheFirstThatIsNotOlder() {
		batches(1, 5);
		add(0, 6, 6, 6);
		add(0, 7, 7, 3);
		assertThat(last(before(6))).isEqualTo(5);
		assertThat(last(before(7))).isEqualTo(7);
	}

	@Test
	void planBeforeAMomentWhenThereIsAHoleFails() {
		batches(1, 5);
		batches(7, 9);
		assertFails(before(9)).withMessageContaining("hole");
	}

	@Test
	void planWhenAFileIsDamagedTakesAnotherWayToTheSameState() {
		batches(1, 10);
		add(9, 1, 10, 10);
		assertThat(plan(RestorePoint.latest(), Set.of(new LtxName(9, 1, 10)))).hasSize(10);
	}

	@Test
	void planWhenTheNewestFileIsDamagedNeverBecomesAnOlderState() {
		batches(1, 10);
		assertThatExceptionOfType(RestoreException.class)
			.isThrownBy(() -> plan(RestorePoint.latest(), Set.of(LtxName.batch(10))))
			.withMessageContaining(name(0, 10, 10))
			.withMessageContaining("asking for transaction 9");
	}

	private ThrowableAssertAlternative<RestoreException> assertFails(RestorePoint point) {
		return assertThatExceptionOfType(RestoreException.class).isThrownBy(() -> plan(point));
	}

	private List<LtxName> plan(RestorePoint point) {
		return plan(point, Set.of());
	}

	private List<LtxName> plan(RestorePoint point, Set<LtxName> damaged) {
		return new RestorePlanner(this.log, damaged).plan(point).stream().map(LogEntry::name).toList();
	}

	private long last(RestorePoint point) {
		List<LtxName> plan = plan(point);
		return plan.get(plan.size() - 1).maxTxid();
	}

	private static RestorePoint before(long second) {
		return RestorePoint.before(START.plusSeconds(second));
	}

	/** One batch a second. */
	private void batches(long from, long to) {
		for (long txid = from; txid <= to; txid++) {
			add(0, txid, txid, txid);
		}
	}

	private void add(int level, long min, long max, long second) {
		this.log.add(new LogEntry(new LtxName(level, min, max), 100, START.plusSeconds(second), new LogOffset(max)));
	}

	private static String name(int level, long min, long max) {
		return new LtxName(level, min, max).path();
	}

}
