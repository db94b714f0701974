package io.hacluster.replication.local;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogObserver;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicaStore.LogTail;
import io.hacluster.replication.TailThread;
import io.hacluster.replication.ltx.LtxName;

/**
 * Follows a log in a directory, woken by the file system and, should that fail, by a slow
 * poll.
 */
final class LocalTail implements LogTail {

	private static final Logger logger = LoggerFactory.getLogger(LocalTail.class);

	private static final long POLL_MILLIS = 500;

	private static final int LISTING_PASSES = 10;

	private final LocalDirectory directory;

	private final LocalTerms terms;

	private final LocalListing listing;

	private final NodeIdentity node;

	private final LogObserver observer;

	private final Consumer<LogTail> onClose;

	private final TailThread thread;

	private boolean interrupted;

	/** The last transaction delivered, or what the tail began after. */
	private long last;

	/** Whether what follows must join on without a gap. */
	private boolean anchored;

	private @Nullable Fence delivered;

	private @Nullable FileTime listed;

	private int passes;

	private @Nullable WatchService watcher;

	LocalTail(LocalDirectory directory, LocalTerms terms, LocalListing listing, NodeIdentity node, LogOffset after,
			LogObserver observer, Consumer<LogTail> onClose) {
		this.directory = directory;
		this.terms = terms;
		this.listing = listing;
		this.node = node;
		this.observer = observer;
		this.onClose = onClose;
		this.last = after.value();
		this.anchored = this.last > 0;
		this.thread = new TailThread(this::run, node);
	}

	void start() {
		this.thread.start();
	}

	private void run() {
		try {
			while (!this.thread.isClosed()) {
				if (!pass()) {
					return;
				}
				await();
			}
		}
		catch (InterruptedException | ClosedWatchServiceException ex) {
			// closed
		}
		catch (RuntimeException ex) {
			if (!this.thread.isClosed()) {
				logger.error("[{}] The tail of the local log has failed", this.node, ex);
				this.observer.broken("The tail has failed: " + ex);
			}
		}
		finally {
			closeWatcher();
		}
	}

	/**
	 * Delivers all there is. Whether the log has a gap or has been wiped is looked at
	 * only when nothing came, since that takes a listing.
	 * @return whether the tail can go on
	 */
	private boolean pass() {
		try {
			this.directory.requirePresent();
			watch();
			long before = this.last;
			deliverFollowing(false);
			if (this.last == before && hasChanged()) {
				deliverFollowing(true);
				requireUnbroken();
			}
			this.interrupted = false;
			if (!this.thread.isClosed()) {
				this.observer.reached(new LogOffset(this.last));
			}
		}
		catch (BrokenLogException ex) {
			if (!this.thread.isClosed()) {
				this.observer.broken(String.valueOf(ex.getMessage()));
			}
			return false;
		}
		catch (IOException ex) {
			interrupted(this.directory.unavailable("be read", ex).getMessage());
		}
		catch (StoreUnavailableException ex) {
			interrupted(ex.getMessage());
		}
		return true;
	}

	/**
	 * Spares listings of many files while the directory says that nothing came or went;
	 * not for ever, since it says so only as exactly as its clock goes.
	 */
	private boolean hasChanged() throws IOException {
		Path batches = this.directory.level(LtxName.LEVEL_BATCH);
		FileTime modified = Files.exists(batches) ? Files.getLastModifiedTime(batches) : null;
		boolean changed = ++this.passes % LISTING_PASSES == 0 || !Objects.equals(modified, this.listed);
		this.listed = modified;
		return changed;
	}

	private void interrupted(@Nullable String reason) {
		closeWatcher();
		if (!this.interrupted && !this.thread.isClosed()) {
			this.interrupted = true;
			this.observer.interrupted(String.valueOf(reason));
		}
	}

	/**
	 * Delivers in the order fence, files after it. That a file belongs to the fence
	 * delivered last is known by reading the fence once more after the file was seen.
	 */
	private void deliverFollowing(boolean thorough) throws IOException {
		while (!this.thread.isClosed()) {
			Optional<Fence> fence = this.terms.current();
			if (fence.isPresent() && !fence.get().equals(this.delivered)) {
				deliverThrough(fence.get());
			}
			Optional<LogEntry> next = next(thorough);
			if (next.isEmpty()) {
				return;
			}
			if (this.terms.current().equals(fence)) {
				deliver(next.get());
			}
		}
	}

	private void deliverThrough(Fence fence) throws IOException {
		if (this.delivered != null && !this.delivered.logId().equals(fence.logId())) {
			throw new BrokenLogException("The log has been wiped: it is another log now");
		}
		while (this.last < fence.offset().value() && !this.thread.isClosed()) {
			Optional<LogEntry> next = next(true);
			if (next.isEmpty()) {
				break;
			}
			deliver(next.get());
		}
		this.delivered = fence;
		if (!this.thread.isClosed() && fence.offset().value() >= this.last) {
			this.observer.fence(fence);
		}
	}

	private Optional<LogEntry> next(boolean thorough) throws IOException {
		Optional<LogEntry> next = this.anchored ? this.listing.entry(LtxName.batch(this.last + 1)) : Optional.empty();
		if (next.isPresent() || (this.anchored && !thorough)) {
			return next;
		}
		for (LtxName name : this.listing.names(LtxName.LEVEL_BATCH)) {
			if (name.maxTxid() > this.last && (!this.anchored || name.minTxid() <= this.last + 1)) {
				return this.listing.entry(name);
			}
		}
		return Optional.empty();
	}

	private void deliver(LogEntry entry) {
		if (!this.thread.isClosed()) {
			this.observer.file(entry, new LocalFileSource(this.directory.file(entry.name()), entry.size()));
			this.last = entry.name().maxTxid();
			this.anchored = true;
		}
	}

	private void requireUnbroken() throws IOException {
		if (!this.anchored) {
			return;
		}
		long end = this.listing.lastBatch();
		if (end < this.last) {
			throw new BrokenLogException(
					"The log has been wiped: it ends at transaction " + end + ", before " + this.last);
		}
		// a listing is not atomic: what follows may have come meanwhile
		if (end > this.last && next(true).isEmpty()) {
			throw new BrokenLogException(
					"Transaction " + (this.last + 1) + " has been retired; the log goes on after it");
		}
	}

	private void watch() throws IOException {
		if (this.watcher == null) {
			WatchService watcher = this.directory.root().getFileSystem().newWatchService();
			this.watcher = watcher;
			Path batches = this.directory.level(LtxName.LEVEL_BATCH);
			if (Files.isDirectory(batches) && Files.isDirectory(this.directory.terms())) {
				batches.register(watcher, StandardWatchEventKinds.ENTRY_CREATE);
				this.directory.terms().register(watcher, StandardWatchEventKinds.ENTRY_CREATE);
			}
			else {
				closeWatcher();
			}
		}
	}

	private void await() throws InterruptedException {
		WatchService watcher = this.watcher;
		if (watcher == null) {
			this.thread.pause(POLL_MILLIS / 5);
			return;
		}
		WatchKey key = watcher.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
		if (key != null) {
			key.pollEvents();
			if (!key.reset()) {
				closeWatcher();
			}
		}
	}

	private void closeWatcher() {
		WatchService watcher = this.watcher;
		this.watcher = null;
		if (watcher != null) {
			try {
				watcher.close();
			}
			catch (IOException ex) {
				logger.debug("[{}] The file watcher could not be closed", this.node, ex);
			}
		}
	}

	@Override
	public void close() {
		this.onClose.accept(this);
		this.thread.close();
	}

	private static final class BrokenLogException extends IOException {

		private static final long serialVersionUID = 1L;

		BrokenLogException(String message) {
			super(message);
		}

	}

}
