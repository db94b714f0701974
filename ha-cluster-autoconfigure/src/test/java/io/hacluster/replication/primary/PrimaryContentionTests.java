package io.hacluster.replication.primary;

import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.hacluster.replication.Writer;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a writer notices of a {@link Primary} that checkpoints, cuts the write-ahead log
 * back, takes snapshots and ships full copies without end.
 */
class PrimaryContentionTests extends AbstractPrimaryTests {

	private static final long MILLISECOND = 1000;

	/**
	 * A writer flat out is seldom kept out; fewer times than this say nothing of what is
	 * usual.
	 */
	private static final int ENOUGH = 10;

	/**
	 * Litestream #1332, and the 50 ms that a writer may have to wait because of us. The
	 * machine may be busy with other things, so what is measured is compared with the
	 * same writer alone, which makes its checkpoints itself.
	 */
	@ParameterizedTest
	@CsvSource({ "0, 200, 512", "1000, 30, 1" })
	@LitestreamBug(11)
	void writerIsNeverKeptOutForLong(long pauseMicros, int checkpointPages, long maxWalMegabytes) throws Exception {
		Writer.Contention alone = alone(pauseMicros, checkpointPages);
		start(checkpointPages, maxWalMegabytes << 20);
		this.fixture.awaitLevel();
		Writer.Contention seen;
		AtomicBoolean stop = new AtomicBoolean();
		Thread disturber = new Thread(() -> disturb(stop));
		disturber.start();
		try {
			seen = writer.contend(4000, 1000, pauseMicros);
		}
		finally {
			stop.set(true);
			disturber.join();
		}
		BarrierTimes barriers = this.fixture.primary.counters().barriers;
		this.fixture.assertShipped();
		assertThat(status().snapshots()).as("full copies").isPositive();
		assertEndsEqual();
		String measured = seen + ", alone " + alone + ", " + barriers.count() + " barriers, " + barriers.overLimit()
				+ " too long, the longest " + barriers.longest();
		long allowed = 50 * MILLISECOND + alone.commitLongest();
		assertThat(barriers.count()).isPositive();
		assertThat(seen.busyLongest()).as(measured).isLessThan(10 * allowed);
		if (barriers.count() >= ENOUGH && seen.busy() >= ENOUGH) {
			assertThat(seen.busyMedian()).as(measured).isLessThan(allowed);
			assertThat(barriers.overLimit()).as(measured).isLessThanOrEqualTo(3 + barriers.count() / 5);
		}
	}

	private Writer.Contention alone(long pauseMicros, int checkpointPages) {
		writer.open(this.directory.resolve("alone.db"));
		writer.sql("PRAGMA journal_mode=WAL");
		writer.sql("PRAGMA wal_autocheckpoint=" + checkpointPages);
		writer.sql("CREATE TABLE t(v)");
		Writer.Contention alone = writer.contend(2000, 1000, pauseMicros);
		writer.closeDatabase();
		return alone;
	}

	private void disturb(AtomicBoolean stop) {
		try {
			PrimaryParts parts = this.fixture.primary.parts();
			for (int i = 0; !stop.get(); i++) {
				if (i % 4 == 3) {
					this.fixture.primary.call(() -> {
						parts.engine.loseContinuity();
						return true;
					});
				}
				var snapshot = this.fixture.primary.openSnapshot(stop::get);
				if (snapshot.isPresent()) {
					try (SnapshotSource source = snapshot.get();
							PrimaryEncoder.EncodedFile file = source.copy(parts.encoder, stop::get)) {
						assertThat(file.size()).isPositive();
					}
				}
				Thread.sleep(20);
			}
		}
		catch (Exception ex) {
			if (!stop.get()) {
				throw new IllegalStateException(ex);
			}
		}
	}

}
