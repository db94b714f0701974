package io.hacluster.election.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.election.InvalidLeaseRecordException;
import io.hacluster.election.Lease;
import io.hacluster.election.LeaseCodec;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.VersionedLease;

/**
 * Leases in a directory that the nodes of one machine share: below {@code leases}, one
 * directory for each key, and in it one file for each of the latest revisions. A
 * compare-and-set is an exclusive hard link, safe against a process that is stopped at
 * any point. Directories are readable by the owner alone. The directory must be on a
 * local file system that has hard links. Thread-safe.
 */
public final class LocalLeaseStore implements LeaseStore {

	private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

	private static final FileAttribute<?> OWNER_ONLY_DIRECTORY = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

	private static final FileAttribute<?> OWNER_ONLY_FILE = PosixFilePermissions
		.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

	private static final int READ_ATTEMPTS = 100;

	private final Path directory;

	private final Path leases;

	private final Path staging;

	private final String nonce;

	private final AtomicLong staged = new AtomicLong();

	private final DirectoryWatcher watcher;

	private volatile boolean closed;

	/**
	 * Opens the store. The directory is created if it is missing, its parent is not: a
	 * missing parent is a mount or a configuration gone wrong, and two nodes that then
	 * made a directory of their own would both lead.
	 * @param identity this process
	 * @param directory the directory that all nodes of the cluster share
	 * @throws UnusableDirectoryException if the directory is missing or cannot be written
	 */
	public LocalLeaseStore(NodeIdentity identity, Path directory) {
		this.directory = directory;
		this.leases = directory.resolve("leases");
		this.staging = this.leases.resolve(".staging");
		this.nonce = identity.nonce();
		try {
			createDirectory(directory);
			createDirectory(this.leases);
			createDirectory(this.staging);
			Files.delete(stage(new byte[0], false));
		}
		catch (IOException ex) {
			throw unusable(ex);
		}
		this.watcher = new DirectoryWatcher(identity);
	}

	@Override
	public Optional<VersionedLease> read(String key) {
		checkOpen();
		RevisionDirectory revisions = new RevisionDirectory(path(key));
		try {
			for (int i = 0; i < READ_ATTEMPTS; i++) {
				long revision = revisions.greatest();
				if (revision == 0) {
					return Optional.empty();
				}
				try {
					return Optional.of(new VersionedLease(decode(key, revisions.read(revision)), revision));
				}
				catch (NoSuchFileException ex) {
					// Became too old between the two calls
				}
			}
			throw new StoreUnavailableException(
					"The record of '" + key + "' in '" + this.directory + "' changes faster than it can be read", null);
		}
		catch (NoSuchFileException ex) {
			checkDirectory();
			return Optional.empty();
		}
		catch (IOException ex) {
			throw unusable(ex);
		}
	}

	@Override
	public SortedSet<String> keys() {
		checkOpen();
		checkDirectory();
		SortedSet<String> keys = new TreeSet<>();
		try (DirectoryStream<Path> children = Files.newDirectoryStream(this.leases)) {
			for (Path child : children) {
				String key = child.getFileName().toString();
				if (KEY.matcher(key).matches() && new RevisionDirectory(child).greatest() > 0) {
					keys.add(key);
				}
			}
		}
		catch (IOException ex) {
			throw unusable(ex);
		}
		return keys;
	}

	private Lease decode(String key, byte[] record) {
		try {
			return LeaseCodec.decode(record);
		}
		catch (InvalidLeaseRecordException ex) {
			throw new InvalidLeaseRecordException("The greatest file in '" + path(key) + "' is not a lease: "
					+ ex.getMessage() + ". Remove this directory to start over.");
		}
	}

	@Override
	public VersionedLease create(String key, Lease lease) {
		return write(key, lease, 0);
	}

	@Override
	public VersionedLease update(String key, Lease lease, long expectedRevision) {
		if (expectedRevision < 1) {
			throw new IllegalArgumentException("'expectedRevision' must be positive, but was " + expectedRevision);
		}
		return write(key, lease, expectedRevision);
	}

	private VersionedLease write(String key, Lease lease, long expectedRevision) {
		checkOpen();
		checkDirectory();
		byte[] record = LeaseCodec.encode(lease);
		Path path = path(key);
		RevisionDirectory revisions = new RevisionDirectory(path);
		try {
			createDirectory(path);
			// A renewal need not survive a power failure, which ends its holder as well.
			// A new epoch must (invariant I7), and so must a release.
			boolean durable = !isRenewal(revisions, lease, expectedRevision);
			Path file = stage(record, durable);
			try {
				long revision = revisions.publish(file, expectedRevision);
				if (durable) {
					revisions.sync();
				}
				return new VersionedLease(lease, revision);
			}
			finally {
				Files.deleteIfExists(file);
			}
		}
		catch (IOException ex) {
			throw unusable(ex);
		}
	}

	private static boolean isRenewal(RevisionDirectory revisions, Lease lease, long expectedRevision)
			throws IOException {
		if (expectedRevision == 0) {
			return false;
		}
		try {
			return LeaseCodec.decode(revisions.read(expectedRevision)).equals(lease);
		}
		catch (NoSuchFileException | InvalidLeaseRecordException ex) {
			return false;
		}
	}

	private Path stage(byte[] record, boolean durable) throws IOException {
		Path file = this.staging.resolve(ProcessHandle.current().pid() + "-" + this.nonce + "-"
				+ System.identityHashCode(this) + "-" + this.staged.incrementAndGet());
		try (FileChannel channel = FileChannel.open(file,
				Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING),
				OWNER_ONLY_FILE)) {
			ByteBuffer buffer = ByteBuffer.wrap(record);
			while (buffer.hasRemaining()) {
				channel.write(buffer);
			}
			if (durable) {
				channel.force(true);
			}
		}
		return file;
	}

	@Override
	public Watch watch(String key, Runnable changed) {
		checkOpen();
		Path path = path(key);
		try {
			createDirectory(path);
			return this.watcher.watch(path, changed);
		}
		catch (IOException ex) {
			throw unusable(ex);
		}
	}

	@Override
	public void close() {
		this.closed = true;
		this.watcher.close();
	}

	private Path path(String key) {
		if (!KEY.matcher(key).matches()) {
			throw new IllegalArgumentException(
					"'key' must be letters, digits, '.', '-' and '_', but was '" + key + "'");
		}
		return this.leases.resolve(key);
	}

	private void checkOpen() {
		if (this.closed) {
			throw new StoreUnavailableException("The local lease store in '" + this.directory + "' is closed", null);
		}
	}

	private void checkDirectory() {
		if (!Files.isDirectory(this.leases)) {
			throw new UnusableDirectoryException(this.directory, "has vanished", null);
		}
	}

	private static void createDirectory(Path directory) throws IOException {
		try {
			Files.createDirectory(directory, OWNER_ONLY_DIRECTORY);
		}
		catch (FileAlreadyExistsException ex) {
			if (!Files.isDirectory(directory)) {
				throw ex;
			}
		}
	}

	private StoreUnavailableException unusable(IOException ex) {
		if (ex instanceof RevisionDirectory.LateLinkException) {
			return new StoreUnavailableException(String.valueOf(ex.getMessage()), ex);
		}
		Path parent = this.directory.toAbsolutePath().getParent();
		String problem = "cannot be used: " + ex;
		if (!Files.exists(this.directory, LinkOption.NOFOLLOW_LINKS)) {
			problem = (parent != null && !Files.isDirectory(parent))
					? "cannot be created, because '" + parent + "' does not exist" : "is missing";
		}
		else if (!Files.isDirectory(this.directory)) {
			problem = "is not a directory";
		}
		else if (!Files.isWritable(this.directory)) {
			problem = "is not writable";
		}
		return new UnusableDirectoryException(this.directory, problem, ex);
	}

}
