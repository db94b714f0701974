package io.hacluster.replication.divergence;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.DivergedDatabase.Branch;
import io.hacluster.replication.TestLog;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DivergedFiles}, {@link DivergedName} and {@link DivergenceNote}.
 */
class DivergedFilesTests {

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.678Z");

	@TempDir
	Path directory;

	private Path database;

	@BeforeEach
	void setUp() {
		this.database = this.directory.resolve("data.db");
	}

	@Test
	void listWhenSetAsideTellsWhatIsKnown() throws Exception {
		Path file = setAside(0, 7, new Branch("log-id", 4711), "node-b has led since,\nin epoch 8");
		assertThat(file).hasFileName("data.db.diverged-7-20260102T030405Z");
		assertThat(files(10, 0).list())
			.containsExactly(new DivergedDatabase(file, new Epoch(7), Instant.parse("2026-01-02T03:04:05Z"),
					"database".length() + 3, new Branch("log-id", 4711), "node-b has led since, in epoch 8"));
		assertThat(Files.readString(this.directory.resolve(file.getFileName() + ".txt"))).contains("branch-txid: 4711",
				"reason: node-b has led since", this.database.toString());
	}

	@Test
	void listWhenNothingIsKnownOrTheNoteIsDamagedTellsTheRest() throws Exception {
		Path file = setAside(0, 0, null, "unknown");
		assertThat(files(10, 0).list().get(0).branch()).isNull();
		Files.writeString(this.directory.resolve(file.getFileName() + ".txt"), "branch-txid: many\nreason: x\n");
		assertThat(files(10, 0).list()).singleElement()
			.satisfies((found) -> assertThat(found.branch()).isNull())
			.satisfies((found) -> assertThat(found.bytes()).isEqualTo(11));
		Files.delete(this.directory.resolve(file.getFileName() + ".txt"));
		assertThat(files(10, 0).list()).hasSize(1);
	}

	@Test
	void listIsOrderedByTimeNotByEpochOrName() throws Exception {
		Path third = setAside(20, 2, null, "c");
		Path second = setAside(10, 10, null, "b");
		Path first = setAside(0, 9, null, "a");
		assertThat(files(10, 0).list()).extracting(DivergedDatabase::file).containsExactly(first, second, third);
	}

	@Test
	void listLeavesOutWhatIsNotItsOwn() throws Exception {
		for (String name : List.of("data.db.diverged-1-20260102T030405Z-wal", "data.db.diverged-1-20260102T030406Z.txt",
				"other.db.diverged-1-20260102T030405Z", "data.db.diverged-x", "data.db.diverged-1-20269902T030405Z",
				"data.db.diverged-1-20260102T030405Z.copy", "data.db")) {
			Files.writeString(this.directory.resolve(name), "x");
		}
		assertThat(files(10, 0).list()).isEmpty();
	}

	@Test
	void announceWhenANameIsTakenByAnyFileFindsAnother() throws Exception {
		Files.writeString(this.directory.resolve("data.db.diverged-7-20260102T030405Z-wal"), "log");
		Files.writeString(this.directory.resolve("data.db.diverged-7-20260102T030405Z-2.txt"), "note");
		assertThat(setAside(0, 7, null, "x")).hasFileName("data.db.diverged-7-20260102T030405Z-3");
		assertThat(setAside(0, 7, null, "x")).hasFileName("data.db.diverged-7-20260102T030405Z-4");
	}

	@Test
	void pruneKeepsTheNewestAndDeletesAllThatBelongsToTheOldest() throws Exception {
		for (int i = 0; i < 5; i++) {
			setAside(i, 7, null, "test " + i);
		}
		files(3, 0).prune();
		assertThat(files(3, 0).list()).extracting(DivergedDatabase::reason)
			.containsExactly("test 2", "test 3", "test 4");
		assertThat(names()).hasSize(9);
	}

	@Test
	void pruneDeletesNotesOfWhatNeverCameButNoWriteAheadLog() throws Exception {
		files(3, 0).announce(new Epoch(1), null, "crashed here");
		Path log = files(3, 1).announce(new Epoch(1), null, "log alone");
		Files.writeString(log.resolveSibling(log.getFileName() + "-wal"), "log");
		Path kept = setAside(2, 1, null, "kept");
		files(3, 3).prune();
		assertThat(names()).containsExactlyInAnyOrder(kept.getFileName().toString(), kept.getFileName() + "-wal",
				kept.getFileName() + ".txt", log.getFileName() + "-wal", log.getFileName() + ".txt");
	}

	private Path setAside(int second, long epoch, Branch branch, String reason) throws Exception {
		Path file = files(10, second).announce(new Epoch(epoch), branch, reason);
		assertThat(files(10, second).list()).extracting(DivergedDatabase::file).doesNotContain(file);
		Files.writeString(file, "database");
		Files.writeString(file.resolveSibling(file.getFileName() + "-wal"), "log");
		return file;
	}

	private DivergedFiles files(int keep, int second) {
		return new DivergedFiles(this.database, keep, TestLog.identity("node"),
				Clock.offset(Clock.fixed(NOW, ZoneOffset.UTC), Duration.ofSeconds(second)));
	}

	private List<String> names() throws Exception {
		try (Stream<Path> files = Files.list(this.directory)) {
			return files.map((file) -> file.getFileName().toString()).toList();
		}
	}

}
