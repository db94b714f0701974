package io.hacluster.member.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
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

	private static final FileAttribute<?> OWNER_ONLY_FILE = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

	private static final int READ_ATTEMPTS = 100;

	/**
	 * A write takes milliseconds.
	 */
	private static final Duration ABANDONED = Duration.ofHours(1);

	private final Path directory;

	private final RevisionFiles files;

	private final Path staging;

	private final String nonce;

	private final AtomicLong staged = new AtomicLong();

	private final StateDirectoryWatch watch;

	private final AtomicBoolean cleared = new AtomicBoolean();

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
		this.staging = this.files.directory().resolve(".staging");
		this.nonce = identity.nonce();
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
			Path file = stage(value);
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
		// Revisions this close to the greatest are never pruned, so this number was free
		// only if nobody had used it
		if (after.isEmpty() || after.last() >= expectedRevision + RevisionFiles.KEPT) {
			throw new StoreUnavailableException("This process was stopped while it wrote revision " + revision + " of '"
					+ key + "', and the record has moved on", null);
		}
		this.files.prune(key, after);
		return revision;
	}

	private Path stage(byte[] value) throws IOException {
		Path file = this.staging.resolve(ProcessHandle.current().pid() + "-" + this.nonce + "-"
				+ System.identityHashCode(this) + "-" + this.staged.incrementAndGet());
		try (FileChannel channel = FileChannel.open(file,
				Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING),
				OWNER_ONLY_FILE)) {
			ByteBuffer buffer = ByteBuffer.wrap(value);
			while (buffer.hasRemaining()) {
				channel.write(buffer);
			}
		}
		if (this.cleared.compareAndSet(false, true)) {
			clearStaging(Files.getLastModifiedTime(file).toInstant().minus(ABANDONED));
		}
		return file;
	}

	/**
	 * Removes what processes that were killed have left. The ids of processes say nothing
	 * where containers share the directory. Whoever is not dead, but was stopped for so
	 * long, cannot publish his file any more, and is told.
	 */
	private void clearStaging(Instant before) throws IOException {
		try (DirectoryStream<Path> files = Files.newDirectoryStream(this.staging)) {
			for (Path file : files) {
				if (Files.getLastModifiedTime(file, LinkOption.NOFOLLOW_LINKS).toInstant().isBefore(before)) {
					Files.deleteIfExists(file);
				}
			}
		}
		catch (NoSuchFileException | DirectoryIteratorException ex) {
			// Another process clears up, or the next one will
		}
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
		makeDirectory(this.staging);
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
