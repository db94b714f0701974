package io.hacluster.replication.restore;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeIdentity;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;

/**
 * Reads files of the log ahead of whoever needs them one after the other. Small files are
 * fetched several at a time, since each costs the time of some requests; a large one is
 * streamed alone. What is in flight is bounded in bytes, whatever the files are.
 */
final class Prefetch implements AutoCloseable {

	/** Bytes in flight. */
	private static final int BUDGET = 8 * 1024 * 1024;

	/** Files up to this size are held whole. */
	static final int SMALL = 1024 * 1024;

	private static final int THREADS = 8;

	private static final long JOIN_MILLIS = 10_000;

	private final ReplicaStore store;

	private final List<FetchedFile> files;

	private final Semaphore budget = new Semaphore(BUDGET);

	private final Object order = new Object();

	private final List<Thread> threads = new ArrayList<>();

	private int nextToFetch;

	private int nextToRead;

	private volatile boolean closed;

	/**
	 * Begins to read.
	 * @param store the log
	 * @param entries the files, in the order in which they will be asked for
	 * @param node this process, for the names of threads
	 */
	Prefetch(ReplicaStore store, List<LogEntry> entries, NodeIdentity node) {
		this.store = store;
		this.files = entries.stream().map((entry) -> new FetchedFile(entry, this::release)).toList();
		for (int i = 0; i < Math.min(THREADS, entries.size()); i++) {
			Thread thread = new Thread(this::run, "ha-restore-fetch-" + node.cluster());
			thread.setDaemon(true);
			thread.start();
			this.threads.add(thread);
		}
	}

	/**
	 * Returns the next file. It has to be closed before the one after it is asked for.
	 * @return the file as a stream, which throws what the store threw
	 */
	InputStream next() {
		return this.files.get(this.nextToRead++);
	}

	private void run() {
		try {
			while (!this.closed) {
				FetchedFile file = take();
				if (file == null) {
					return;
				}
				fetch(file);
			}
		}
		catch (InterruptedException ex) {
			// closed
		}
	}

	/**
	 * Room is given in the order of reading, so that the file which the reader waits for
	 * never waits for room behind a later one.
	 */
	private @Nullable FetchedFile take() throws InterruptedException {
		synchronized (this.order) {
			if (this.nextToFetch == this.files.size()) {
				return null;
			}
			FetchedFile file = this.files.get(this.nextToFetch++);
			this.budget.acquire(cost(file.entry()));
			return file;
		}
	}

	private void fetch(FetchedFile file) throws InterruptedException {
		try (InputStream in = this.store.open(file.entry())) {
			file.fill(in);
		}
		catch (IOException ex) {
			file.fail(ex);
		}
		catch (RuntimeException ex) {
			file.fail(new IOException(ex.getMessage(), ex));
		}
		catch (Error ex) {
			// The reader waits for this file, whatever happens here
			file.abandon(ex);
			throw ex;
		}
	}

	private void release(LogEntry entry) {
		this.budget.release(cost(entry));
	}

	private static int cost(LogEntry entry) {
		return (entry.size() <= SMALL) ? (int) entry.size() : BUDGET;
	}

	@Override
	public void close() {
		this.closed = true;
		this.threads.forEach(Thread::interrupt);
		boolean interrupted = Thread.interrupted();
		for (Thread thread : this.threads) {
			try {
				TimeUnit.MILLISECONDS.timedJoin(thread, JOIN_MILLIS);
			}
			catch (InterruptedException ex) {
				interrupted = true;
			}
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

}
