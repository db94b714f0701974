package io.hacluster.member.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.member.StateStore;
import io.hacluster.member.StateStoreContractTests;
import io.hacluster.test.Leftovers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LocalStateStore}.
 */
@ExtendWith(Leftovers.class)
class LocalStateStoreTests extends StateStoreContractTests {

	@TempDir
	Path temporary;

	private Path directory() {
		return this.temporary.resolve("ha-local");
	}

	private Path state() {
		return directory().resolve("state");
	}

	@Override
	protected StateStore open(NodeIdentity node) {
		return new LocalStateStore(node, directory());
	}

	@Override
	protected void wipe() throws IOException {
		for (String name : names()) {
			Files.delete(state().resolve(name));
		}
	}

	private List<String> names() throws IOException {
		try (Stream<Path> files = Files.list(state())) {
			return files.filter(Files::isRegularFile).map((file) -> file.getFileName().toString()).sorted().toList();
		}
	}

	@Test
	void readingMakesNothing() {
		assertThat(this.store.read("pause")).isEmpty();
		assertThat(this.store.list("")).isEmpty();
		this.store.remove("pause");
		assertThat(directory()).doesNotExist();
	}

	@Test
	void onlyTheOwnerMayLook() throws IOException {
		this.store.create("pause", bytes("x"));
		try (Stream<Path> files = Files.walk(directory())) {
			for (Path file : files.toList()) {
				assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
					.isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
			}
		}
	}

	@Test
	void oldRevisionsAndStagedFilesAreRemoved() throws IOException {
		long revision = this.store.create("pause", bytes("x"));
		for (int i = 0; i < 40; i++) {
			revision = this.store.update("pause", bytes("x"), revision);
		}
		assertThat(names()).hasSize(RevisionFiles.KEPT + 1);
		assertThat(state().resolve(".staging")).isEmptyDirectory();
	}

	@Test
	void stagedFilesOfProcessesThatWereKilledAreRemoved() throws IOException {
		Path staging = Files.createDirectories(state().resolve(".staging"));
		Path abandoned = Files.writeString(staging.resolve("1-gone-1-1"), "x");
		Files.setLastModifiedTime(abandoned, FileTime.from(Instant.now().minus(Duration.ofHours(2))));
		Path others = Files.writeString(staging.resolve("2-busy-1-1"), "x");
		this.store.create("pause", bytes("x"));
		assertThat(abandoned).doesNotExist();
		assertThat(others).exists();
	}

	@Test
	void foreignFilesAreIgnored() throws IOException {
		this.store.create("member.a", bytes("x"));
		Files.writeString(state().resolve("member.b"), "x");
		Files.writeString(state().resolve("member.b~1"), "x");
		Files.writeString(state().resolve("member..b~0000000000000001"), "x");
		Files.writeString(state().resolve("member.b~ffffffffffffffff"), "x");
		assertThat(this.store.list("member.")).hasSize(1);
	}

	@Test
	void fileThatIsTooLargeIsReadUpToItsBoundAlone() throws IOException {
		this.store.create("member.a", bytes("x"));
		Files.write(state().resolve("member.a~0000000000000002"), new byte[1 << 20]);
		assertThat(this.store.read("member.a").orElseThrow().value()).hasSize(StateStore.MAX_BYTES + 1);
	}

	@Test
	void directoryThatCannotBeMadeIsNamed() {
		StateStore nowhere = new LocalStateStore(identity("node-a"), this.temporary.resolve("missing/ha-local"));
		assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> nowhere.create("pause", bytes("x")))
			.withMessageContaining("missing/ha-local");
		nowhere.close();
	}

}
