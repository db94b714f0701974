package io.hacluster.replication.primary;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.replication.Writer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link PrimaryPace}, alone and in a {@link Primary} with a writer in another
 * process.
 */
class PrimaryPaceTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private static Writer writer;

	@TempDir
	private Path directory;

	private final AtomicLong late = new AtomicLong();

	private PrimaryFixture fixture;

	@BeforeAll
	static void startWriter() {
		writer = new Writer();
	}

	@AfterAll
	static void stopWriter() {
		writer.close();
	}

	@AfterEach
	void closePrimary() {
		if (this.fixture != null) {
			this.fixture.close();
		}
	}

	private void start(UnaryOperator<PrimarySettings> customizer) throws IOException, InterruptedException {
		this.fixture = new PrimaryFixture(this.directory,
				(settings) -> customizer.apply(settings.withMinBatchInterval(HOUR)));
		this.fixture.primary.close();
		this.fixture.ticker = () -> System.nanoTime() + this.late.get();
		writer.open(this.fixture.database);
		writer.sql("PRAGMA journal_mode=WAL");
		writer.sql("CREATE TABLE t(v)");
		this.fixture.restart(PrimaryPosition.seed());
		this.fixture.awaitLevel();
	}

	/**
	 * Begins the hour: the first batch after the full copy goes at once.
	 */
	private void shipFirst() {
		writer.insert(1, 100);
		this.fixture.awaitLevel();
		assertThat(this.fixture.batches()).hasSize(2);
	}

	@Test
	void napWhenNothingHasBeenShippedIsZero() {
		assertThat(new PrimaryPace(HOUR, this.late::get).nap()).isZero();
	}

	@Test
	void napWhenShippedLastsUntilTheIntervalIsOver() {
		PrimaryPace pace = new PrimaryPace(Duration.ofSeconds(1), this.late::get);
		pace.level();
		assertThat(pace.nap()).isPositive();
		this.late.addAndGet(Duration.ofMillis(990).toNanos());
		assertThat(pace.nap()).isEqualTo(Duration.ofMillis(10).toNanos());
		this.late.addAndGet(Duration.ofMillis(10).toNanos());
		assertThat(pace.nap()).isZero();
	}

	@Test
	void napWithoutIntervalIsAlwaysZero() {
		PrimaryPace pace = new PrimaryPace(Duration.ZERO, this.late::get);
		pace.level();
		assertThat(pace.nap()).isZero();
	}

	@Test
	void shipWhenTheIntervalIsOverTakesAllThatWasCommittedInOneBatch() throws Exception {
		start(UnaryOperator.identity());
		shipFirst();
		for (int i = 0; i < 50; i++) {
			writer.insert(1, 100);
		}
		Awaitility.await().until(() -> !this.fixture.primary.status().lag().isZero());
		this.late.addAndGet(HOUR.toNanos());
		this.fixture.assertShipped();
		assertThat(this.fixture.batches()).hasSize(3);
	}

	@Test
	void flushDoesNotWaitForTheInterval() throws Exception {
		start(UnaryOperator.identity());
		shipFirst();
		writer.insert(5, 100);
		writer.closeDatabase();
		this.fixture.assertEndsEqual();
		assertThat(this.fixture.batches()).hasSize(3);
	}

	@Test
	void checkpointDoesNotWaitForTheInterval() throws Exception {
		start((settings) -> PrimaryFixture.settings(20, 512L << 20).withMinBatchInterval(HOUR));
		shipFirst();
		long before = this.fixture.primary.status().checkpoints();
		writer.insert(30, 3000);
		Awaitility.await().until(() -> this.fixture.primary.status().checkpoints() > before);
		writer.closeDatabase();
		this.fixture.assertEndsEqual();
	}

	@Test
	void shipWhenThereIsMoreThanFitsIntoTheBatchesInFlightGoesOnAtOnce() throws Exception {
		start((settings) -> new PrimarySettings(100_000, 512L << 20, 4096, 1 << 20, 1, Duration.ofMillis(500),
				Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofMillis(500), HOUR));
		shipFirst();
		for (int i = 0; i < 10; i++) {
			writer.insert(1, 3000);
		}
		this.late.addAndGet(HOUR.toNanos());
		this.fixture.assertShipped();
		assertThat(this.fixture.batches().size()).isGreaterThan(8);
	}

}
