package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.FileSystemUtils;

import io.hacluster.Epoch;
import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.DivergedDatabase.Branch;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.TestLog;
import io.hacluster.replication.follower.ReplicaPosition.Place;
import io.hacluster.test.Requirements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Tests for {@link ReplicaFiles}, {@link ReplicaMove} and {@link ReplicaPaths}.
 */
class ReplicaFilesTests {

	private static final NodeIdentity NODE = TestLog.identity("node");

	private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-01-02T03:04:05Z"), ZoneOffset.UTC);

	private static final int KEEP = 3;

	private static final Consumer<DivergedDatabase> NOBODY = (database) -> {
	};

	@TempDir
	Path directory;

	private final List<DivergedDatabase> told = new ArrayList<>();

	private ReplicaFiles files;

	@BeforeEach
	void setUp() {
		this.files = files(Integer.MAX_VALUE);
	}

	@ParameterizedTest
	@EnumSource(Operation.class)
	void moveWhenInterruptedAnywhereIsFinishedAtTheNextStart(Operation operation) throws Exception {
		int crashes = 0;
		boolean completed = false;
		for (int step = 1; !completed; step++) {
			Path source = prepare(operation);
			Object inode = Files.getAttribute(source, "unix:ino");
			try {
				operation.run(files(step));
				completed = true;
			}
			catch (CrashException ex) {
				crashes++;
				files(Integer.MAX_VALUE).recover();
			}
			ReplicaFile target = operation.target(this.files);
			assertThat(Files.getAttribute(target.database(), "unix:ino")).isEqualTo(inode);
			assertThat(target.database()).hasContent("database 0");
			assertThat(target.log()).hasContent("log");
			assertThat(source).doesNotExist();
			assertThat(new ReplicaFile(source).log()).doesNotExist();
			assertThat(new ReplicaFile(source).shared()).doesNotExist();
			assertThat(this.files.position().read().map(ReplicaPosition::place))
				.isEqualTo(Optional.ofNullable(operation.place));
			assertThat(this.directory.resolve("data.db-ha/move")).doesNotExist();
			assertLinkLeadsToTheReplicaOnly(operation);
			assertToldIfSetAside(operation, target);
		}
		assertThat(crashes).isGreaterThanOrEqualTo(5);
	}

	@Test
	void recoverWhenCrashedAgainAndAgainFinishes() throws Exception {
		prepare(Operation.PROMOTE);
		for (int i = 0; i < 4; i++) {
			try {
				if (i == 0) {
					Operation.PROMOTE.run(files(1));
				}
				else {
					files(1).recover();
				}
			}
			catch (CrashException ex) {
				// goes on
			}
		}
		files(Integer.MAX_VALUE).recover();
		assertThat(this.files.database().database()).exists();
		assertThat(this.files.database().log()).exists();
		assertThat(this.files.position().read().orElseThrow().place()).isEqualTo(Place.DATABASE);
	}

	@Test
	void recoverWhenJournalIsDamagedFailsNamingIt() throws Exception {
		Files.writeString(this.directory.resolve("data.db-ha/move"), "nonsense");
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(this.files::recover)
			.withMessageContaining("data.db-ha/move");
	}

	@Test
	void promoteWhenLogOfAnotherDatabaseIsAtTheTargetKeepsItAside() throws Exception {
		prepare(Operation.PROMOTE);
		Files.writeString(this.files.database().log(), "stray");
		Operation.PROMOTE.run(this.files);
		assertThat(this.files.database().log()).hasContent("log");
		try (Stream<Path> list = Files.list(this.directory)) {
			assertThat(list.filter((file) -> file.toString().matches(".*\\.diverged-.*-wal")).findFirst().orElseThrow())
				.hasContent("stray");
		}
	}

	@Test
	void promoteWhenDatabaseIsAtTheTargetSetsItAside() throws Exception {
		prepare(Operation.PROMOTE);
		Files.writeString(this.files.database().database(), "other");
		Operation.PROMOTE.run(this.files);
		assertThat(this.files.diverged()).hasSize(1);
		assertThat(this.files.diverged().get(0).file()).hasContent("other");
		assertThat(this.files.database().database()).hasContent("database 0");
	}

	@Test
	void setAsideTwiceInOneSecondOverwritesNothing() throws Exception {
		for (int i = 0; i < 3; i++) {
			Files.writeString(this.files.database().database(), "database " + i);
			this.files.setAside(Place.DATABASE, new Epoch(7), null, "test");
		}
		List<Path> diverged = this.files.diverged().stream().map(DivergedDatabase::file).toList();
		assertThat(diverged).hasSize(3);
		assertThat(diverged.get(0)).hasFileName("data.db.diverged-7-20260102T030405Z");
		for (int i = 0; i < 3; i++) {
			assertThat(diverged.get(i)).hasContent("database " + i);
		}
	}

	@Test
	void createWhenDirectoryIsMissingFailsNamingTheProperty() {
		assertThatExceptionOfType(HaClusterException.class)
			.isThrownBy(() -> new ReplicaFiles(this.directory.resolve("no/data.db"), this.directory.resolve("r.db"), 10,
					NODE, CLOCK, NOBODY))
			.withMessageContaining("ha.cluster.sqlite.path")
			.withMessageContaining("does not exist");
		assertThatExceptionOfType(HaClusterException.class)
			.isThrownBy(() -> new ReplicaFiles(this.directory.resolve("data.db"), this.directory.resolve("no/r.db"), 10,
					NODE, CLOCK, NOBODY))
			.withMessageContaining("ha.cluster.sqlite.replica-path");
	}

	@Test
	void createWhenPathsAreTheSameFails() {
		assertThatExceptionOfType(HaClusterException.class)
			.isThrownBy(() -> new ReplicaFiles(this.directory.resolve("data.db"),
					this.directory.resolve("x/../data.db"), 10, NODE, CLOCK, NOBODY))
			.withMessageContaining("must differ");
	}

	@Test
	void createWhenOnTwoFileSystemsFailsNamingBothProperties() {
		Path other = Path.of("/dev/shm");
		Requirements.require(Files.isWritable(other), "/dev/shm cannot be written to");
		assertThatExceptionOfType(HaClusterException.class)
			.isThrownBy(() -> new ReplicaFiles(this.directory.resolve("data.db"), other.resolve("replica.db"), 10, NODE,
					CLOCK, NOBODY))
			.withMessageContaining("ha.cluster.sqlite.path")
			.withMessageContaining("ha.cluster.sqlite.replica-path")
			.withMessageContaining("one file system");
	}

	@Test
	void promoteWhenReplicaIsAPlainFileMovesIt() throws Exception {
		Files.writeString(this.files.replicaPath(), "database 0");
		Files.writeString(this.directory.resolve("replica.db-wal"), "log");
		assertThat(this.files.exists(Place.REPLICA)).isTrue();
		Operation.PROMOTE.run(this.files);
		assertThat(this.files.database().database()).hasContent("database 0");
		assertThat(this.files.database().log()).hasContent("log");
		assertThat(this.files.replicaPath()).doesNotExist();
	}

	@Test
	void replaceLeadsTheSamePathToAnotherDirectoryAndRemovesTheFormer() throws Exception {
		Path former = null;
		for (int i = 0; i < 3; i++) {
			this.files.replace(Files.writeString(this.files.copy(), "replica " + i));
			Path target = this.files.replicaPath().toRealPath();
			assertThat(target).hasContent("replica " + i).isEqualTo(this.files.replica().database().toRealPath());
			assertThat(target.getParent()).isNotEqualTo(former);
			Files.writeString(this.files.replica().log(), "log");
			former = target.getParent();
			assertThat(Files.readSymbolicLink(this.files.replicaPath()).isAbsolute())
				.as("also leads there when the directory is moved or mounted")
				.isFalse();
			assertLinkLeadsToTheReplicaOnly(Operation.DEMOTE);
		}
	}

	/**
	 * One that is taken away first leaves nothing at the path for as long as that takes
	 * to get to the disk.
	 */
	@Test
	void replaceLeavesAReplicaAtThePathAtAnyTime() throws Exception {
		this.files.replace(Files.writeString(this.files.copy(), "replica"));
		AtomicBoolean stopped = new AtomicBoolean();
		CompletableFuture<Integer> reader = CompletableFuture.supplyAsync(() -> {
			int missing = 0;
			while (!stopped.get()) {
				// Between the link and where it leads to is a moment: one of the two is
				// there
				boolean found = Files.exists(this.files.replicaPath()) || Files.exists(this.files.replicaPath())
						|| Files.exists(this.files.replicaPath());
				missing += found ? 0 : 1;
			}
			return missing;
		});
		try {
			for (int i = 0; i < 300; i++) {
				this.files.replace(Files.writeString(this.files.copy(), "replica"));
			}
		}
		finally {
			stopped.set(true);
		}
		assertThat(reader.get()).isZero();
	}

	@Test
	void replicaThatWasSupersededWhenTheLinkWasLedToAnotherIsRemoved() throws Exception {
		Path former = filledReplica();
		Path next = supersede(former);
		Files.delete(this.files.replicaPath());
		Files.createSymbolicLink(this.files.replicaPath(), next.resolve("replica.db"));
		this.files.recover();
		assertThat(this.files.replicaPath()).hasContent("next");
		assertThat(this.files.diverged()).isEmpty();
		assertThat(former.getParent()).isDirectoryNotContaining((file) -> !file.equals(next));
	}

	@Test
	void replicaThatWasToBeSupersededWhenTheLinkStillLeadsToItStays() throws Exception {
		Path former = filledReplica();
		Path next = supersede(former);
		this.files.recover();
		assertThat(this.files.replicaPath()).hasContent("database 0");
		assertThat(this.files.diverged()).isEmpty();
		assertThat(next.getParent()).isDirectoryNotContaining((file) -> !file.equals(former));
	}

	@Test
	void replicaIsNotRemovedForOneThatIsGone() throws Exception {
		Path former = filledReplica();
		Path next = supersede(former);
		Files.delete(this.files.replicaPath());
		Files.createSymbolicLink(this.files.replicaPath(), next.resolve("replica.db"));
		FileSystemUtils.deleteRecursively(next);
		this.files.recover();
		assertThat(this.files.replicaPath()).hasContent("database 0");
		assertThat(this.files.replica().database()).isEqualTo(former.resolve("replica.db"));
	}

	@Test
	void successionThatIsNoLinkIsLeftAlone() throws Exception {
		Path former = filledReplica();
		Path next = supersede(former);
		Path succession = former.resolveSibling("0123456789abcdef.supersedes");
		Files.delete(succession);
		Files.writeString(Files.createDirectory(succession).resolve("replica.db"), "copied");
		this.files.recover();
		assertThat(this.files.replicaPath()).hasContent("database 0");
		assertThat(succession.resolve("replica.db")).hasContent("copied");
		assertThat(this.files.diverged()).extracting(DivergedDatabase::file).hasSize(1);
		assertThat(next).doesNotExist();
	}

	@Test
	void replaceWhenTheLinkCannotBeLedToTheNextLeavesTheFormerAlone() throws Exception {
		Path former = filledReplica();
		Path obstacle = Files.createDirectories(this.directory.resolve("replica.db.link/in-the-way"));
		assertThatIOException().isThrownBy(() -> this.files.replace(Files.writeString(this.files.copy(), "next")));
		assertThat(this.files.replicaPath()).hasContent("database 0");
		assertThat(former.getParent()).isDirectoryNotContaining((file) -> !file.equals(former));
		Files.delete(obstacle);
		this.files.replace(Files.writeString(this.files.copy(), "next"));
		assertThat(this.files.replicaPath()).hasContent("next");
		assertThat(former).doesNotExist();
	}

	/**
	 * As a crash leaves it before the link is led to the next one.
	 */
	private Path supersede(Path former) throws IOException {
		Path next = Files.createDirectory(former.resolveSibling("0123456789abcdef"));
		Files.writeString(next.resolve("replica.db"), "next");
		Files.createSymbolicLink(former.resolveSibling("0123456789abcdef.supersedes"), former.getFileName());
		return next;
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".gone" })
	void replicaThatTheLinkDoesNotLeadToAnyMoreIsFoundAgain(String suffix) throws Exception {
		Path directory = filledReplica();
		Files.move(this.files.replicaPath(), this.directory.resolve("replica.db.bak"));
		Files.move(directory, directory.resolveSibling(directory.getFileName() + suffix));
		this.files.recover();
		assertThat(this.files.replicaPath()).hasContent("database 0");
		assertThat(this.files.replica().log()).hasContent("log");
		this.files.replace(Files.writeString(this.files.copy(), "next"));
		assertLinkLeadsToTheReplicaOnly(Operation.DEMOTE);
	}

	@Test
	void replicaThatTheLinkDoesNotLeadToIsSetAsideBesideAnother() throws Exception {
		Path directory = filledReplica();
		Files.delete(this.files.replicaPath());
		this.files.replace(Files.writeString(this.files.copy(), "next"));
		assertThat(directory).isDirectory();
		this.files.recover();
		assertThat(this.files.replicaPath()).hasContent("next");
		assertThat(this.files.diverged()).hasSize(1);
		assertThat(this.files.diverged().get(0).file()).hasContent("database 0");
		assertThat(new ReplicaFile(this.files.diverged().get(0).file()).log()).hasContent("log");
		assertThat(directory).doesNotExist();
	}

	@Test
	void replicaThatWasCopiedToItsPathIsNotTakenForTheOneInTheDirectory() throws Exception {
		Path directory = filledReplica();
		Files.delete(this.files.replicaPath());
		Files.copy(directory.resolve("replica.db"), this.files.replicaPath());
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(this.files::recover)
			.withMessageContaining("ha.cluster.sqlite.replica-path")
			.withMessageContaining(directory.toString());
		assertThat(directory.resolve("replica.db-wal")).hasContent("log");
	}

	@Test
	void replicaBehindALinkWithAnotherSpellingIsTheReplica() throws Exception {
		Path directory = filledReplica();
		Files.createSymbolicLink(this.directory.resolve("here"), this.directory);
		Files.delete(this.files.replicaPath());
		Files.createSymbolicLink(this.files.replicaPath(),
				this.directory.resolve("here/replica.db.d/" + directory.getFileName() + "/replica.db"));
		this.files = files(Integer.MAX_VALUE);
		this.files.recover();
		assertThat(this.files.replica().database()).isEqualTo(directory.resolve("replica.db"));
		assertThat(this.files.replicaPath()).hasContent("database 0");
	}

	@Test
	void moveThatFailedHalfWayIsFinishedBeforeTheNext() throws Exception {
		filledReplica();
		assertThatExceptionOfType(CrashException.class)
			.isThrownBy(() -> files(2).setAside(Place.REPLICA, new Epoch(1), null, "test"));
		assertThatExceptionOfType(HaClusterException.class)
			.isThrownBy(() -> this.files.replace(Files.writeString(this.files.copy(), "next")))
			.withMessageContaining("data.db-ha/move");
		this.files.recover();
		this.files.replace(this.files.copy());
		assertThat(this.files.diverged()).hasSize(1);
		assertThat(this.files.diverged().get(0).file()).hasContent("database 0");
		assertThat(this.files.replicaPath()).hasContent("next");
	}

	@Test
	void recoverWhenTheJournalWasRemovedKeepsWhatWasOnItsWay() throws Exception {
		filledReplica();
		assertThatExceptionOfType(CrashException.class).isThrownBy(() -> Operation.PROMOTE.run(files(3)));
		Files.delete(this.directory.resolve("data.db-ha/move"));
		assertThat(this.files.database().database()).hasContent("database 0");
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(this.files::recover)
			.withMessageContaining("replica.db-wal is the write-ahead log of a database");
	}

	@Test
	void recoverWhenTheFilesAreNotThoseOfTheJournalAsksWhichBelongTogether() throws Exception {
		filledReplica();
		assertThatExceptionOfType(CrashException.class).isThrownBy(() -> Operation.PROMOTE.run(files(3)));
		Path database = this.files.database().database();
		Files.copy(database, this.files.copy());
		Files.move(this.files.copy(), database, StandardCopyOption.REPLACE_EXISTING);
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(this.files::recover)
			.withMessageContaining("data.db-ha/move");
		assertThat(this.directory.resolve("data.db-ha/move")).exists();
	}

	@Test
	void whatIsNotOursInTheDirectoryOfReplicasStays() throws Exception {
		filledReplica();
		Path file = Files.writeString(this.directory.resolve("replica.db.d/0123456789abcdef"), "mine");
		Path other = Files.createDirectories(this.directory.resolve("replica.db.d/other")).resolve("file");
		Files.writeString(other, "mine");
		this.files.recover();
		Operation.PROMOTE.run(this.files);
		assertThat(file).hasContent("mine");
		assertThat(other).hasContent("mine");
	}

	@Test
	void pathThatCannotBeFollowedIsNotTakenForAnAbsentReplica() throws Exception {
		Path loop = Files.createSymbolicLink(this.directory.resolve("loop"), this.directory.resolve("loop"));
		Files.createSymbolicLink(this.files.replicaPath(), loop);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> this.files.exists(Place.REPLICA));
	}

	@Test
	void createWhenPathsAreLinksOfOthersFailsNamingTheProperty() throws Exception {
		Path other = Files.writeString(this.directory.resolve("other"), "database");
		Files.createSymbolicLink(this.directory.resolve("data.db"), other);
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(() -> files(1))
			.withMessageContaining("ha.cluster.sqlite.path");
		Files.delete(this.directory.resolve("data.db"));
		Files.createSymbolicLink(this.directory.resolve("replica.db"), other);
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(() -> files(1))
			.withMessageContaining("ha.cluster.sqlite.replica-path")
			.withMessageContaining("symbolic link");
		Files.delete(this.directory.resolve("replica.db"));
		Files.writeString(this.directory.resolve("replica.db.d"), "file");
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(() -> files(1))
			.withMessageContaining("replica.db.d is in the way");
	}

	@Test
	void createWhenDatabaseIsBelowTheDirectoryOfReplicasFails() throws Exception {
		Files.createDirectory(this.directory.resolve("replica.db.d"));
		assertThatExceptionOfType(HaClusterException.class)
			.isThrownBy(() -> new ReplicaFiles(this.directory.resolve("replica.db.d/data.db"),
					this.directory.resolve("replica.db"), KEEP, NODE, CLOCK, NOBODY))
			.withMessageContaining("ha.cluster.sqlite.path")
			.withMessageContaining("must not be below");
	}

	/**
	 * Returns the directory of the replica.
	 */
	private Path filledReplica() throws IOException {
		this.files.replace(Files.writeString(this.files.copy(), "database 0"));
		Files.writeString(this.files.replica().log(), "log");
		return this.files.replica().database().getParent();
	}

	private void assertLinkLeadsToTheReplicaOnly(Operation operation) throws IOException {
		try (Stream<Path> list = Files.list(this.directory.resolve("replica.db.d"))) {
			assertThat(list.toList()).hasSize((operation == Operation.DEMOTE) ? 1 : 0);
		}
		catch (NoSuchFileException ex) {
			assertThat(operation).isNotEqualTo(Operation.DEMOTE);
		}
		assertThat(Files.isSymbolicLink(this.files.replicaPath())).isEqualTo(operation == Operation.DEMOTE);
		assertThat(this.files.exists(Place.REPLICA)).isEqualTo(operation == Operation.DEMOTE);
	}

	private void assertToldIfSetAside(Operation operation, ReplicaFile target) {
		if (operation.place != null) {
			assertThat(this.told).isEmpty();
			return;
		}
		assertThat(this.told).as("also when a crash came in between").containsExactlyElementsOf(this.files.diverged());
		DivergedDatabase database = this.told.get(0);
		assertThat(database.file()).isEqualTo(target.database());
		assertThat(database.branch()).isEqualTo(new Branch("log", 5));
		assertThat(database.epoch()).isEqualTo(new Epoch(1));
		assertThat(database.reason()).isEqualTo("test");
		assertThat(database.bytes()).isEqualTo("database 0".length() + "log".length());
		this.told.clear();
	}

	private Path prepare(Operation operation) throws Exception {
		try (Stream<Path> list = Files.list(this.directory)) {
			for (Path file : list.filter(Files::isRegularFile).toList()) {
				Files.delete(file);
			}
		}
		FileSystemUtils.deleteRecursively(this.directory.resolve("replica.db.d"));
		if (operation.ofReplica()) {
			this.files.replace(Files.writeString(this.files.copy(), "to come"));
		}
		ReplicaFile source = operation.source(this.files);
		Files.writeString(source.database(), "database 0");
		Files.writeString(source.log(), "log");
		Files.writeString(source.shared(), "shared");
		this.files.position()
			.write(new ReplicaPosition(operation.ofReplica() ? Place.REPLICA : Place.DATABASE, 5, new LogOffset(5),
					"log", new Epoch(1), null));
		return source.database();
	}

	/**
	 * Returns the files of a process that dies after so many steps.
	 */
	private ReplicaFiles files(int steps) {
		int[] left = { steps };
		return new ReplicaFiles(this.directory.resolve("data.db"), this.directory.resolve("replica.db"), KEEP, NODE,
				CLOCK, this.told::add, () -> {
					if (--left[0] == 0) {
						throw new CrashException();
					}
				});
	}

	enum Operation {

		PROMOTE(Place.DATABASE), DEMOTE(Place.REPLICA), SET_ASIDE_DATABASE(null), SET_ASIDE_REPLICA(null);

		private final Place place;

		Operation(Place place) {
			this.place = place;
		}

		boolean ofReplica() {
			return this == PROMOTE || this == SET_ASIDE_REPLICA;
		}

		ReplicaFile source(ReplicaFiles files) throws IOException {
			return ofReplica() ? files.replica() : files.database();
		}

		ReplicaFile target(ReplicaFiles files) throws IOException {
			return switch (this) {
				case PROMOTE -> files.database();
				case DEMOTE -> files.replica();
				default -> new ReplicaFile(files.diverged().get(0).file());
			};
		}

		void run(ReplicaFiles files) throws Exception {
			switch (this) {
				case PROMOTE -> files.promote(position(Place.DATABASE));
				case DEMOTE -> files.demote(position(Place.REPLICA));
				case SET_ASIDE_DATABASE -> files.setAside(Place.DATABASE, new Epoch(1), new Branch("log", 5), "test");
				case SET_ASIDE_REPLICA -> files.setAside(Place.REPLICA, new Epoch(1), new Branch("log", 5), "test");
			}
		}

		private static ReplicaPosition position(Place place) {
			return new ReplicaPosition(place, 5, new LogOffset(5), "log", new Epoch(2), null);
		}

	}

	private static final class CrashException extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

}
