package io.hacluster.replication.primary;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import io.hacluster.replication.Writer;
import io.hacluster.test.LitestreamBug;
import io.hacluster.test.SmallDisk;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the bounds of what a {@link Primary} keeps while it cannot ship.
 */
class PrimaryBoundsTests extends AbstractPrimaryTests {

	/**
	 * An hour without the store at 200 commits/s, which is 720,000 commits, and 512 MB of
	 * write-ahead log: here a fortieth of both.
	 */
	private static final long SHARE = 40;

	private static final int COMMITS = (int) (720_000 / SHARE);

	private static final long BOUND = MAX_WAL / SHARE;

	/**
	 * As long as the write-ahead log holds it all, nothing else is needed.
	 */
	@Test
	void outageWithinTheBoundIsCaughtUpWithFromTheWriteAheadLog() throws Exception {
		start(50, BOUND);
		this.fixture.awaitLevel();
		this.fixture.faulty.down = true;
		writer.insert(COMMITS / 20, 1000);
		Awaitility.await().until(() -> status().failure() != null);
		assertThat(status().failure()).contains("the store").doesNotContain("max-wal-size");
		assertThat(this.fixture.state).isEmptyDirectory();
		this.fixture.faulty.down = false;
		this.fixture.assertShipped();
		Awaitility.await().until(() -> status().failure() == null);
		assertThat(status().snapshots()).isEqualTo(1);
		assertEndsEqual();
	}

	/**
	 * Beyond that the write-ahead log stays bounded, nothing is staged, health says so,
	 * and one copy of the whole database makes up for it all.
	 */
	@Test
	void outageOfAnHourKeepsTheWriteAheadLogBoundedAndIsMadeUpForByOneFullCopy() throws Exception {
		start(50, BOUND);
		this.fixture.awaitLevel();
		this.fixture.faulty.down = true;
		for (int i = 0; i < 18; i++) {
			writer.insert(COMMITS / 18, 1000);
			Awaitility.await().until(() -> walBytes() <= BOUND);
		}
		assertThat(this.fixture.state).isEmptyDirectory();
		Awaitility.await()
			.untilAsserted(() -> assertThat(status().failure()).contains("the store")
				.contains("ha.cluster.replication.max-wal-size")
				.contains("copy of the whole database"));
		this.fixture.faulty.down = false;
		this.fixture.assertShipped();
		Awaitility.await().until(() -> status().failure() == null);
		assertThat(status().snapshots()).isEqualTo(2);
		assertThat(this.fixture.restored()).hasSize(2 + COMMITS);
		assertEndsEqual();
	}

	/**
	 * Litestream #1310: a disk that is really full is told of, and shipping goes on by
	 * itself, with the write-ahead log, when there is room again.
	 */
	@Test
	@LitestreamBug(12)
	void fullStagingDiskIsToldOfAndShippingGoesOnWhenThereIsRoom() throws Exception {
		try (SmallDisk disk = SmallDisk.mount(this.directory.resolve("data.db-ha"), "16m")) {
			start(1000, MAX_WAL);
			this.fixture.awaitLevel();
			disk.fill();
			writer.insert(1, 4 << 20);
			Awaitility.await()
				.untilAsserted(() -> assertThat(status().failure()).contains("No space left")
					.contains("ha.cluster.sqlite.path"));
			writer.insert(5, 1000);
			disk.free();
			this.fixture.assertShipped();
			Awaitility.await().until(() -> status().failure() == null);
			assertThat(status().snapshots()).isEqualTo(1);
			assertEndsEqual();
		}
	}

	/**
	 * A full copy that finds no room is tried again.
	 */
	@Test
	@LitestreamBug(12)
	void fullCopyOnFullDiskIsToldOf() throws Exception {
		try (SmallDisk disk = SmallDisk.mount(this.directory.resolve("data.db-ha"), "16m")) {
			this.fixture = new PrimaryFixture(this.directory);
			createDatabase();
			writer.insert(1, 4 << 20);
			this.fixture.start(PrimaryPosition.seed());
			Awaitility.await()
				.untilAsserted(() -> assertThat(status().failure()).contains("MB are free")
					.contains("ha.cluster.sqlite.path"));
			assertThat(this.fixture.primary.isLevel()).isFalse();
			this.fixture.close();
			this.fixture = null;
			writer.closeDatabase();
			assertThat(disk.path()).isEmptyDirectory();
		}
	}

	/**
	 * A reader that does not end keeps the write-ahead log from being cut back: health
	 * says so.
	 */
	@Test
	void readerThatPinsTheWriteAheadLogIsToldOf() throws Exception {
		start(50, 1 << 20);
		try (Writer reader = new Writer().open(this.fixture.database)) {
			writer.insert(1, 10);
			reader.sql("BEGIN");
			reader.sql("SELECT count(*) FROM t");
			writer.insert(300, 5000);
			Awaitility.await()
				.untilAsserted(() -> assertThat(status().failure()).contains("ha.cluster.replication.max-wal-size")
					.contains("read transaction"));
			this.fixture.assertShipped();
			reader.sql("COMMIT");
			reader.closeDatabase();
		}
		writer.insert(60, 5000);
		Awaitility.await().until(() -> walBytes() <= 1 << 20 && status().failure() == null);
		this.fixture.assertShipped();
		assertThat(status().snapshots()).isEqualTo(1);
		assertEndsEqual();
	}

}
