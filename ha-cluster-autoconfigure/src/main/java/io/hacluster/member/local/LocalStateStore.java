package io.hacluster.member.local;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.member.StateConflictException;
import io.hacluster.member.StateKeys;
import io.hacluster.member.StateRecord;
import io.hacluster.member.StateStore;

/**
 * Records in the directory {@code state} below one that the nodes of one machine share:
 * one file for each of the latest revisions of a key. A compare-and-set is an exclusive
 * hard link to a complete file, so that a process that is stopped at any point keeps
 * nobody waiting. Directories and files are the owner's alone. Made by the first write;
 * reading makes nothing. Thread-safe.
 */
public final class LocalStateStore implements StateStore {

	private static final FileAttribute<?> OWNER_ONLY_DIRECTORY = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

	private static final int READ_ATTEMPTS = 100;

	private final Path directory;

	private final RevisionFiles files;

	private final StagedFiles staged;

	private final StateDirectoryWatch watch;

	private volatile boolean closed;

	/**
	 * Creates a store. Nothing is opened before the first call.
	 * @param identity this process
	 * @param directory the directory that all nodes of the cluster share; made if only
	 * its last part is missing
	 */
	public LocalStateStore(NodeIdentity identity, Path directory) {
		this.directory = directory;
		this.files = new RevisionFiles(directory.resolve("state"));
		this.staged = new StagedFiles(identity, this.files.directory().resolve(".staging"));
		this.watch = new StateDirectoryWatch(identity);
	}

	@Override
	public Optional<StateRecord> read(String key) {
		StateKeys.check(key);
		checkOpen();
		try {
			for (int i = 0; i < READ_ATTEMPTS; i++) {
				SortedSet<Long> revisions = this.files.of(key);
				if (revisions.isEmpty()) {
					return Optional.empty();
				}
				Optional<StateRecord> record = read(key, revisions.last());
				if (record.isPresent()) {
					return record;
				}
				// Became too old between the two calls
			}
			throw new StoreUnavailableException(
					"The record of '" + key + "' in '" + this.directory + "' changes faster than it can be read", null);
		}
		catch (IOException ex) {
			throw unusable(ex);
		}
	}

	private Optional<StateRecord> read(String key, long revision) throws IOException {
		try {
			return Optional.of(new StateRecord(key, this.files.read(key, revision), revision));
		}
		catch (NoSuchFileException ex) {
			return Optional.empty();
		}
	}

	@Override
	public List<StateRecord> list(String prefix) {
		checkOpen();
		try {
			List<StateRecord> records = new ArrayList<>();
			for (Map.Entry<String, SortedSet<Long>> found : this.files.all().entrySet()) {
				if (found.getKey().startsWith(prefix) && records.size() < MAX_RECORDS) {
					read(found.getKey(), found.getValue().last()).or(() -> read(found.getKey()))
						.ifPresent(records::add);
				}
			}
			return records;
		}
		catch (IOException ex) {
			throw unusable(ex);
		}
	}

	@Override
	public long create(String key, byte[] value) {
		return write(key, value, 0);
	}

	@Override
	public long update(String key, byte[] value, long expectedRevision) {
		if (expectedRevision < 1) {
			throw new IllegalArgumentException("'expectedRevision' must be positive, but was " + expectedRevision);
		}
		return write(key, value, expectedRevision);
	}

	private long write(String key, byte[] value, long expectedRevision) {
		StateKeys.check(key);
		StateKeys.checkValue(value);
		checkOpen();
		try {
			makeDirectories();
			Path file = this.staged.write(value);
			try {
				return publish(key, file, expectedRevision);
			}
			finally {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			throw unusable(ex);
		}
	}

	private long publish(String key, Path file, long expectedRevision) throws IOException {
		SortedSet<Long> before = this.files.of(key);
		long current = before.isEmpty() ? 0 : before.last();
		if (current != expectedRevision) {
			throw new StateConflictException(
					"The record of '" + key + "' is at revision " + current + ", not at " + expectedRevision);
		}
		long revision = expectedRevision + 1;
		try {
			this.files.link(key, revision, file);
		}
		catch (FileAlreadyExistsException ex) {
			throw new StateConflictException(
					"The record of '" + key + "' is at revision " + revision + " or later, not at " + expectedRevision);
		}
		SortedSet<Long> after = this.files.of(key);
		// Only while the greatest is this close has nothing near it been pruned: then the
		// number was free because nobody had used it
		if (after.isEmpty() || after.last() >= expectedRevision + RevisionFiles.KEPT) {
			throw new StoreUnavailableException("This process was stopped while it wrote revision " + revision + " of '"
					+ key + "', and the record has moved on", null);
		}
		this.files.prune(key, after);
		return revision;
	}

	@Override
	public void remove(String key) {
		StateKeys.check(key);
		checkOpen();
		try {
			this.files.remove(key);
		}
		catch (IOException ex) {
			throw unusable(ex);
		}
	}

	@Override
	public Watch watch(Consumer<String> changed) {
		checkOpen();
		try {
			makeDirectories();
			return this.watch.add(this.files.directory(), changed);
		}
		catch (IOException ex) {
			throw unusable(ex);
		}
	}

	@Override
	public void close() {
		this.closed = true;
		this.watch.close();
	}

	private void checkOpen() {
		if (this.closed) {
			throw new StoreUnavailableException("The local store in '" + this.directory + "' is closed", null);
		}
	}

	private void makeDirectories() throws IOException {
		makeDirectory(this.directory);
		makeDirectory(this.files.directory());
		makeDirectory(this.staged.directory());
	}

	private static void makeDirectory(Path directory) throws IOException {
		if (Files.isDirectory(directory)) {
			return;
		}
		try {
			Files.createDirectory(directory, OWNER_ONLY_DIRECTORY);
		}
		catch (FileAlreadyExistsException ex) {
			if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
				throw ex;
			}
		}
	}

	private StoreUnavailableException unusable(IOException ex) {
		return new StoreUnavailableException(
				"The directory '" + this.files.directory() + "' of the local store cannot be used: " + ex, ex);
	}

}
