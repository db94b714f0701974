package io.hacluster.replication.primary;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.SortedMap;

import io.hacluster.replication.wal.WalHeader;
import io.hacluster.replication.wal.WalPosition;
import io.hacluster.replication.wal.WalReader;

/**
 * The whole database at one transaction: pages from the write-ahead log up to there, the
 * others from the database file. Sound for as long as a read transaction is held that
 * began at this state. Not thread-safe.
 * <p>
 * Why nothing tears: a checkpoint writes no frame behind the oldest read transaction into
 * the database file, so only pages that are taken from the log here can change there. If
 * all frames were in the database file already when the transaction had begun, the log
 * may be overwritten from its start, but then it is not read, and nothing is written to
 * the database file.
 */
final class PrimaryImage {

	private final PrimaryDatabaseFile file;

	private final WalReader wal;

	private final SortedMap<Long, Long> inWal;

	private final long pages;

	private final int pageSize;

	/**
	 * Finds the pages.
	 * @param database the database
	 * @param wal a reader of the calling thread
	 * @param state the state at which the read transaction began
	 */
	PrimaryImage(PrimaryDatabase database, WalReader wal, PrimaryWalState state) throws IOException {
		this.file = database.file();
		this.wal = wal;
		this.pageSize = database.pageSize();
		this.pages = database.pages(state);
		this.inWal = (state.backfilled() < state.frames())
				? pagesInWal(wal, state.salt1(), state.salt2(), this.pageSize, database.endOffset(state))
				: Collections.emptySortedMap();
	}

	/**
	 * Finds the pages at a place in the log that the calling thread's own read lock
	 * protects.
	 */
	PrimaryImage(PrimaryDatabase database, WalPosition end, long pages) throws IOException {
		this.file = database.file();
		this.wal = database.walReader();
		this.pageSize = database.pageSize();
		this.pages = pages;
		this.inWal = pagesInWal(this.wal, end.salt1(), end.salt2(), this.pageSize, end.offset());
	}

	private static SortedMap<Long, Long> pagesInWal(WalReader wal, int salt1, int salt2, int pageSize, long end)
			throws IOException {
		WalHeader header = wal.header().orElseThrow(() -> new IOException("The write-ahead log has no sound header"));
		if (header.salt1() != salt1 || header.salt2() != salt2) {
			throw new ContinuityLostException("The write-ahead log was restarted while it was read");
		}
		WalPosition start = WalPosition.start(header);
		if (start.offset() == end) {
			return Collections.emptySortedMap();
		}
		var batch = wal.read(start, pageSize, Long.MAX_VALUE, end);
		if (batch.end().offset() != end) {
			throw new IOException("The write-ahead log is sound up to byte " + batch.end().offset() + " only, although "
					+ "it is committed up to byte " + end);
		}
		return batch.pages();
	}

	long pages() {
		return this.pages;
	}

	int pageSize() {
		return this.pageSize;
	}

	void readPage(long pgno, byte[] target) throws IOException {
		Long offset = this.inWal.get(pgno);
		if (offset != null) {
			this.wal.readPage(offset, ByteBuffer.wrap(target));
		}
		else {
			this.file.readPage(pgno, target);
		}
	}

}
