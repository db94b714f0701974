package io.hacluster.replication.local;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.replication.Contents;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.RecordingObserver;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicaStoreContractTests;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.test.LitestreamBug;
import io.hacluster.test.ReadOnlyDirectory;
import io.hacluster.test.Requirements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LocalReplicaStore}.
 */
class LocalReplicaStoreTests extends ReplicaStoreContractTests {

	@TempDir
	private Path directory;

	@Override
	protected ReplicaStore openStore(NodeIdentity node) {
		return new LocalReplicaStore(log(), node);
	}

	@Override
	protected int tortureAppends() {
		return 3;
	}

	private Path log() {
		return this.directory.resolve("log");
	}

	/**
	 * Litestream #1344: a rename is durable only once its directory is, and must be
	 * before it is acknowledged.
	 */
	@Test
	@LitestreamBug(22)
	void appendMakesTheDirectoryDurable() throws Exception {
		LogWriter writer = fence(store(NODE_A), 1, NODE_A);
		append(writer, LtxName.batch(1), "one");
		Path dump = this.directory.resolve("forced.jfr");
		try (Recording recording = new Recording()) {
			recording.enable("jdk.FileForce").withThreshold(Duration.ZERO);
			recording.start();
			append(writer, LtxName.batch(2), "two");
			recording.stop();
			recording.dump(dump);
		}
		List<String> forced = RecordingFile.readAllEvents(dump)
			.stream()
			.map((event) -> event.getString("path"))
			.filter(Objects::nonNull)
			.toList();
		assertThat(forced).as("the file, then the directory").hasSizeGreaterThan(1);
		assertThat(Path.of(forced.get(forced.size() - 1))).isEqualTo(log().resolve("ltx/0"));
	}

	@Test
	void layoutIsThatOfLitestream() throws IOException {
		LogWriter writer = fence(store(NODE_A), 1, NODE_A);
		append(writer, LtxName.batch(1), "one");
		append(writer, LtxName.snapshot(1), "all");
		Path batch = log().resolve("ltx/0/0000000000000001-0000000000000001.ltx");
		assertThat(batch).hasContent("one");
		assertThat(Files.getLastModifiedTime(batch).toInstant()).isEqualTo(TIME);
		assertThat(log().resolve("ltx/9/0000000000000001-0000000000000001.ltx")).hasContent("all");
	}

	@Test
	void foreignAndTemporaryFilesAreIgnored() throws IOException {
		LogEntry entry = append(fence(store(NODE_A), 1, NODE_A), LtxName.batch(1), "one");
		Files.writeString(log().resolve("ltx/0/0000000000000002-0000000000000002.ltx.tmp"), "unfinished");
		Files.writeString(log().resolve("ltx/0/README"), "foreign");
		Files.createDirectory(log().resolve("ltx/0/0000000000000003-0000000000000003.ltx"));
		Files.writeString(log().resolve("ltx/0/0000000000000002-7fffffffffffffff.ltx"), "beyond all transactions");
		assertThat(store(NODE_B).list()).containsExactly(entry);
	}

	@Test
	void takeoversLeaveNothingInStaging() throws IOException {
		for (int epoch = 1; epoch <= 5; epoch++) {
			LogWriter writer = fence(store(NODE_A), epoch, NODE_A);
			LogEntry entry = append(writer, LtxName.batch(epoch), "content");
			writer.retire(entry);
		}
		try (Stream<Path> terms = Files.list(log().resolve("terms"))) {
			assertThat(terms).extracting((term) -> term.getFileName().toString()).containsExactly("0000000000000005");
		}
		try (Stream<Path> files = Files.walk(log())) {
			assertThat(files.filter(Files::isRegularFile)).extracting((file) -> file.getFileName().toString())
				.containsExactlyInAnyOrder("owner", "fence", "log-id");
		}
	}

	@Test
	void currentFenceOfALeaderThatDiedWhileFencingStillCounts() throws IOException {
		LogWriter writer = fence(store(NODE_A), 7, NODE_A);
		Files.delete(log().resolve("terms/0000000000000007/fence"));
		assertThat(store(NODE_B).currentFence().orElseThrow().epoch()).isEqualTo(writer.fence().epoch());
	}

	@Test
	void missingParentDirectoryIsNamed() {
		Path missing = this.directory.resolve("not/there");
		assertThatExceptionOfType(StoreUnavailableException.class)
			.isThrownBy(() -> new LocalReplicaStore(missing, NODE_A))
			.withMessageContaining(missing.toString())
			.withMessageContaining("parent directory");
	}

	@Test
	void directoryThatIsAFileIsNamed() throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> new LocalReplicaStore(file, NODE_A))
			.withMessageContaining(file.toString());
	}

	@Test
	void directoryThatDisappearsIsNamedAndNotMadeAnew() throws IOException {
		ReplicaStore store = store(NODE_A);
		Files.delete(log());
		for (org.assertj.core.api.ThrowableAssert.ThrowingCallable call : List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
				store::list, store::currentFence, () -> fence(store, 1, NODE_A))) {
			assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(call)
				.withMessageContaining("is missing");
		}
		assertThat(log()).doesNotExist();
	}

	@Test
	void readOnlyDirectoryIsNamed() throws IOException {
		try (ReadOnlyDirectory readOnly = ReadOnlyDirectory.create(this.directory.resolve("read-only"))) {
			ReplicaStore store = closing(new LocalReplicaStore(readOnly.path(), NODE_A));
			assertThat(store.list()).isEmpty();
			assertThatExceptionOfType(StoreUnavailableException.class)
				.isThrownBy(() -> store.fence(new Epoch(1), NODE_A))
				.withMessageContaining(readOnly.path().toString())
				.withMessageMatching(".*(read-only|permission denied).*");
		}
	}

	@Test
	void fullDiskIsNamedAndTheLogGoesOnWithSpace() throws Exception {
		Path small = Files.createDirectory(this.directory.resolve("small"));
		Requirements.require(run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", small.toString()),
				"this user cannot mount a small file system");
		try {
			ReplicaStore store = closing(new LocalReplicaStore(small.resolve("log"), NODE_A));
			LogWriter writer = fence(store, 1, NODE_A);
			append(writer, LtxName.batch(1), "one");
			assertThatExceptionOfType(StoreUnavailableException.class)
				.isThrownBy(() -> get(writer.append(LtxName.batch(2), TIME, Contents.of(new byte[1024 * 1024]))))
				.withMessageContaining("the disk is full");
			append(fence(store, 1, NODE_A), LtxName.batch(2), "two");
			assertThat(store.list()).hasSize(2);
		}
		finally {
			run("umount", small.toString());
		}
	}

	private static boolean run(String... command) throws Exception {
		return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
	}

	@Test
	void reasonsAreForPeople() {
		LocalDirectory local = new LocalDirectory(Path.of("/data/log"));
		assertThat(local.unavailable("take it", new FileSystemException("x", null, "No space left on device")))
			.hasMessage("Directory '/data/log' of the local store cannot take it: "
					+ "the disk is full (No space left on device); free space there");
		assertThat(local.unavailable("take it", new FileSystemException("x", null, "Read-only file system")))
			.hasMessageContaining("it is on a read-only file system");
		assertThat(local.unavailable("take it", new AccessDeniedException("/data/log/ltx")))
			.hasMessageContaining("permission denied on '/data/log/ltx'");
	}

	@Test
	void tailIsInterruptedWhileTheDirectoryIsAwayAndGoesOn() throws IOException {
		LogWriter writer = fence(store(NODE_A), 1, NODE_A);
		append(writer, LtxName.batch(1), "one");
		RecordingObserver observer = tail(store(NODE_B), LogOffset.START);
		observer.awaitEvent("file 1 one");
		Path away = this.directory.resolve("away");
		Files.move(log(), away);
		observer.awaitEvent("interrupted");
		Files.move(away, log());
		append(writer, LtxName.batch(2), "two");
		observer.awaitEvent("file 2 two");
		assertThat(observer.events()).doesNotContain("broken");
	}

	@Test
	void tailIsBrokenWhenWhatComesNextHasBeenRetired() {
		ReplicaStore store = store(NODE_A);
		LogWriter writer = fence(store, 1, NODE_A);
		List<LogEntry> entries = List.of(append(writer, LtxName.batch(1), "one"),
				append(writer, LtxName.batch(2), "two"), append(writer, LtxName.batch(3), "three"));
		writer.retire(entries.get(1));
		RecordingObserver observer = tail(store, entries.get(0).offset());
		observer.awaitEvent("broken");
	}

}
