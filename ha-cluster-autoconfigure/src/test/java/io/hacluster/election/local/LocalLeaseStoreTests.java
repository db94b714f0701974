package io.hacluster.election.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.StoreUnavailableException;
import io.hacluster.election.LeaseCodec;
import io.hacluster.election.LeaseConflictException;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.LeaseStoreContractTests;
import io.hacluster.election.Leases;
import io.hacluster.election.VersionedLease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link LocalLeaseStore}.
 */
class LocalLeaseStoreTests extends LeaseStoreContractTests {

	@TempDir
	Path temporary;

	private Path directory() {
		return this.temporary.resolve("ha-local");
	}

	@Override
	protected LeaseStore open(String node) {
		return new LocalLeaseStore(Leases.identity(node, "nonce-" + node), directory());
	}

	@Override
	protected void wipe() throws IOException {
		try (Stream<Path> files = Files.walk(directory().resolve("leases/leader"))) {
			for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
				Files.delete(file);
			}
		}
	}

	@Override
	protected void corrupt(String key, byte[] record) throws IOException {
		List<String> names = names(key);
		long next = Long.parseLong(names.get(names.size() - 1), 16) + 1;
		Files.write(revision(key, next), record);
	}

	private Path revision(String key, long revision) {
		return directory().resolve("leases/" + key + "/" + String.format("%016x", revision));
	}

	private List<String> names(String key) throws IOException {
		try (Stream<Path> files = Files.list(directory().resolve("leases/" + key))) {
			return files.map((file) -> file.getFileName().toString()).sorted().toList();
		}
	}

	@Test
	void onlyTheOwnerMayLook() throws IOException {
		this.store.create("leader", Leases.lease("node-a", 1));
		try (Stream<Path> files = Files.walk(directory())) {
			for (Path file : files.toList()) {
				assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
					.isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------");
			}
		}
	}

	@Test
	void oldRevisionsAndStagedFilesAreRemoved() throws IOException {
		VersionedLease record = this.store.create("leader", Leases.lease("node-a", 1));
		for (int i = 0; i < 200; i++) {
			record = this.store.update("leader", record.lease(), record.revision());
		}
		assertThat(names("leader")).hasSize(RevisionDirectory.KEPT + 1);
		assertThat(names(".staging")).isEmpty();
	}

	@Test
	void linkByAProcessThatWasStoppedForManyRevisionsDoesNotCount() throws IOException {
		VersionedLease record = this.store.create("leader", Leases.lease("node-a", 1));
		RevisionDirectory stopped = new RevisionDirectory(directory().resolve("leases/leader")) {

			private boolean first = true;

			@Override
			long greatest() throws IOException {
				long greatest = super.greatest();
				if (this.first) {
					// Stopped between its look at the directory and its link
					this.first = false;
					advance(record, 3 * KEPT);
				}
				return greatest;
			}

		};
		Path staged = Files.write(directory().resolve("late"), LeaseCodec.encode(Leases.lease("node-z", 99)));
		assertThatExceptionOfType(RevisionDirectory.LateLinkException.class)
			.isThrownBy(() -> stopped.publish(staged, record.revision()));
		assertThat(this.store.read("leader").orElseThrow().lease().holder().value()).isEqualTo("node-a");
		assertThat(revision("leader", record.revision() + 1)).doesNotExist();
	}

	@Test
	void linkByAProcessThatWasStoppedForAFewRevisionsIsRefused() throws IOException {
		VersionedLease record = this.store.create("leader", Leases.lease("node-a", 1));
		RevisionDirectory stopped = new RevisionDirectory(directory().resolve("leases/leader")) {

			@Override
			long greatest() throws IOException {
				long greatest = super.greatest();
				advance(record, 3);
				return greatest;
			}

		};
		Path staged = Files.write(directory().resolve("late"), LeaseCodec.encode(Leases.lease("node-z", 99)));
		assertThatExceptionOfType(LeaseConflictException.class)
			.isThrownBy(() -> stopped.publish(staged, record.revision()));
	}

	private void advance(VersionedLease from, int revisions) {
		VersionedLease record = from;
		for (int i = 0; i < revisions; i++) {
			record = this.store.update("leader", record.lease(), record.revision());
		}
	}

	@Test
	void openWhenTheParentIsMissingNamesTheDirectory() {
		Path missing = this.temporary.resolve("no/where");
		assertThatExceptionOfType(UnusableDirectoryException.class)
			.isThrownBy(() -> new LocalLeaseStore(Leases.identity("node-a", "nonce"), missing))
			.withMessageContaining(missing.toString())
			.withMessageContaining("does not exist")
			.satisfies((ex) -> assertThat(ex.directory()).isEqualTo(missing));
	}

	@Test
	void openWhenTheDirectoryIsAFileNamesIt() throws IOException {
		Path file = Files.createFile(this.temporary.resolve("file"));
		assertThatExceptionOfType(UnusableDirectoryException.class)
			.isThrownBy(() -> new LocalLeaseStore(Leases.identity("node-a", "nonce"), file))
			.withMessageContaining(file + "' of the local store is not a directory");
	}

	@Test
	void openWhenTheDirectoryCannotBeWrittenNamesIt() {
		// Nobody can write there, not even root
		Path readOnly = Path.of("/proc");
		assertThatExceptionOfType(UnusableDirectoryException.class)
			.isThrownBy(() -> new LocalLeaseStore(Leases.identity("node-a", "nonce"), readOnly))
			.withMessageContaining("/proc");
	}

	@Test
	void directoryThatVanishesIsUnavailableAndNeverMadeAnew() throws IOException {
		this.store.create("leader", Leases.lease("node-a", 1));
		Files.move(directory(), this.temporary.resolve("elsewhere"));
		assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> this.store.read("leader"))
			.withMessageContaining(directory().toString());
		assertThatExceptionOfType(StoreUnavailableException.class)
			.isThrownBy(() -> this.store.create("leader", Leases.lease("node-a", 1)))
			.withMessageContaining("has vanished");
		assertThat(directory()).doesNotExist();
	}

}
