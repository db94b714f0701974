package io.hacluster.replication.local;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogObserver;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ReplicaStore;

/**
 * A log in a directory, for several nodes on one machine. What is in it below
 * {@code ltx/} is a file replica of Litestream 0.5. Offsets are transaction numbers: the
 * offset of a file is its last transaction, that of a fence the last level-0 transaction
 * before it.
 * <p>
 * Safe against a leader that is stopped at any instruction and goes on later; see
 * {@link LocalTerms}. Thread-safe. The directory must be on one local file system with
 * hard links and an atomic rename.
 */
public final class LocalReplicaStore implements ReplicaStore {

	private final LocalDirectory directory;

	private final LocalTerms terms;

	private final LocalListing listing;

	private final NodeIdentity node;

	private final Set<LogTail> tails = ConcurrentHashMap.newKeySet();

	private volatile boolean closed;

	/**
	 * Creates a store.
	 * @param directory the directory of the log; made if only its last element is missing
	 * @param node this process, for log lines and thread names
	 * @throws StoreUnavailableException if the directory does not exist and cannot be
	 * made
	 */
	public LocalReplicaStore(Path directory, NodeIdentity node) {
		this.directory = new LocalDirectory(directory);
		this.terms = new LocalTerms(this.directory);
		this.listing = new LocalListing(this.directory);
		this.node = node;
		this.directory.create();
	}

	@Override
	public LogWriter fence(Epoch epoch, NodeIdentity leader) {
		requireUsable();
		try {
			this.directory.makeDirectory(this.directory.ltx());
			String logId = obtainLogId();
			Path staging = this.terms.claim(logId, epoch, leader);
			LogOffset offset = new LogOffset(this.listing.lastBatch());
			Fence fence = this.terms.complete(staging, logId, epoch, leader, offset);
			return new LocalLogWriter(this.directory, this.terms, fence, staging);
		}
		catch (IOException ex) {
			throw this.directory.unavailable("be fenced", ex);
		}
	}

	private String obtainLogId() throws IOException {
		Path file = this.directory.logId();
		if (!Files.exists(file)) {
			Path staged = this.directory.ltx().resolve("log-id-" + UUID.randomUUID() + ".tmp");
			try {
				LocalRecord.writeDurably(staged, UUID.randomUUID().toString());
				Files.createLink(file, staged);
				this.directory.sync(this.directory.ltx());
			}
			catch (FileAlreadyExistsException ex) {
				// another first leader was faster
			}
			finally {
				Files.deleteIfExists(staged);
			}
		}
		return LocalRecord.readSmall(file);
	}

	@Override
	public Optional<Fence> currentFence() {
		requireUsable();
		try {
			Optional<Fence> owner = this.terms.owner();
			Optional<Fence> fence = this.terms.current();
			if (fence.isPresent() || owner.isEmpty()) {
				return fence;
			}
			Fence open = owner.get();
			return Optional.of(new Fence(open.logId(), open.epoch(), open.node(), open.nonce(),
					new LogOffset(this.listing.lastBatch())));
		}
		catch (IOException ex) {
			throw this.directory.unavailable("be read", ex);
		}
	}

	@Override
	public List<LogEntry> list() {
		requireUsable();
		try {
			return this.listing.all();
		}
		catch (IOException ex) {
			throw this.directory.unavailable("be read", ex);
		}
	}

	@Override
	public InputStream open(LogEntry entry) throws IOException {
		requireUsable();
		try {
			return Files.newInputStream(this.directory.file(entry.name()));
		}
		catch (NoSuchFileException ex) {
			throw new FileNotFoundException(entry.name() + " has been retired");
		}
	}

	@Override
	public LogTail tail(LogOffset after, LogObserver observer) {
		requireUsable();
		LocalTail tail = new LocalTail(this.directory, this.terms, this.listing, this.node, after, observer,
				this.tails::remove);
		this.tails.add(tail);
		tail.start();
		return tail;
	}

	private void requireUsable() {
		if (this.closed) {
			throw new StoreUnavailableException("The local store is closed", null);
		}
		this.directory.requirePresent();
	}

	/**
	 * Closes all tails. Writers stay open until they are closed themselves.
	 */
	@Override
	public void close() {
		this.closed = true;
		this.tails.forEach(LogTail::close);
	}

}
