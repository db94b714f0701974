package io.hacluster.replication.wal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Reads committed transactions from a write-ahead log while its writer appends to it.
 * Uses positional reads only and keeps no state of the log; where to go on from is the
 * caller's {@link WalPosition}. Not thread-safe. The channel belongs to the caller; an
 * interrupt while reading closes it, as the JDK specifies.
 */
public final class WalReader {

	private final FileChannel channel;

	private final ByteBuffer small = ByteBuffer.allocate(WalHeader.SIZE);

	private ByteBuffer bulk = ByteBuffer.allocate(0);

	/**
	 * Creates a reader.
	 * @param channel an open channel of the {@code -wal} file
	 */
	public WalReader(FileChannel channel) {
		this.channel = channel;
	}

	/**
	 * Reads the header.
	 * @return the header; empty if the log has none, or it is just being written
	 * @throws IOException if the file cannot be read
	 */
	public Optional<WalHeader> header() throws IOException {
		return readFully(0, WalHeader.SIZE) ? WalHeader.decode(this.small.array()) : Optional.empty();
	}

	/**
	 * Reads the transactions that were committed after a position.
	 * @param from where to begin
	 * @param pageSize bytes a page that the caller expects
	 * @param maxFrames how many frames to take at most; always at least one transaction
	 * is taken if there is one, and never a part of one
	 * @return the transactions, possibly none
	 * @throws WalChangedException if the log no longer is what it was at {@code from}
	 * @throws IOException if the file cannot be read
	 */
	public WalBatch read(WalPosition from, int pageSize, long maxFrames) throws IOException {
		return read(from, pageSize, maxFrames, Long.MAX_VALUE);
	}

	/**
	 * Reads the transactions that were committed after a position and end before another.
	 * @param from where to begin
	 * @param pageSize bytes a page that the caller expects
	 * @param maxFrames how many frames to take at most, as above
	 * @param endOffset where to stop at the latest, in bytes
	 * @return the transactions, possibly none
	 * @throws WalChangedException if the log no longer is what it was at {@code from}
	 * @throws IOException if the file cannot be read
	 */
	public WalBatch read(WalPosition from, int pageSize, long maxFrames, long endOffset) throws IOException {
		WalHeader header = requireUnchanged(from, pageSize);
		WalScan scan = scan(header, from);
		PendingFrames frames = new PendingFrames(from, header.frameSize());
		SortedMap<Long, Long> pages = new TreeMap<>();
		long commit = 0;
		long taken = 0;
		int transactions = 0;
		while (taken < maxFrames && scan.offset() + header.frameSize() <= endOffset && scan.next()) {
			frames.add(scan.pgno());
			if (scan.commit() != 0) {
				taken += frames.count();
				frames.commit(pages, scan.position());
				commit = scan.commit();
				transactions++;
			}
			else if (transactions > 0 && taken + frames.count() >= maxFrames) {
				break;
			}
		}
		pages.tailMap(commit + 1).clear();
		return new WalBatch(from, frames.start(), commit, pages, transactions, taken);
	}

	/**
	 * Finds the position of which only salts and offset are known, by validating the log
	 * from its beginning.
	 * @param salt1 first salt
	 * @param salt2 second salt
	 * @param offset where a transaction ended, in bytes; 32 for the beginning
	 * @return the position; empty if the log has other salts, or no transaction ends
	 * there
	 * @throws IOException if the file cannot be read
	 */
	public Optional<WalPosition> locate(int salt1, int salt2, long offset) throws IOException {
		Optional<WalHeader> header = header()
			.filter((candidate) -> candidate.salt1() == salt1 && candidate.salt2() == salt2);
		if (header.isEmpty() || offset < WalHeader.SIZE) {
			return Optional.empty();
		}
		WalPosition start = WalPosition.start(header.get());
		if (offset == WalHeader.SIZE) {
			return Optional.of(start);
		}
		WalScan scan = scan(header.get(), start);
		while (scan.next()) {
			WalPosition position = scan.position();
			if (position.offset() >= offset) {
				boolean found = position.offset() == offset && scan.commit() != 0;
				return found ? Optional.of(position) : Optional.empty();
			}
		}
		return Optional.empty();
	}

	/**
	 * Returns whether the log still is what it was at a position: the same header, and
	 * before the position the same frame with the same cumulative checksum.
	 * @param position the position
	 * @return {@code false} if it was restarted, truncated or overwritten
	 * @throws IOException if the file cannot be read
	 */
	public boolean isUnchanged(WalPosition position) throws IOException {
		Optional<WalHeader> header = header();
		return header.isPresent() && findChange(header.get(), position) == null;
	}

	/**
	 * Reads the content of a page.
	 * @param offset where it begins, from {@link WalBatch#pages()}
	 * @param target takes as many bytes as it has room for, which must be there
	 * @throws EOFException if the log ends before
	 * @throws IOException if the file cannot be read
	 */
	public void readPage(long offset, ByteBuffer target) throws IOException {
		long from = offset;
		while (target.hasRemaining()) {
			int count = this.channel.read(target, from);
			if (count < 0) {
				throw new EOFException("The write-ahead log ends at byte " + from + " within a page");
			}
			from += count;
		}
	}

	private WalHeader requireUnchanged(WalPosition from, int pageSize) throws IOException {
		Optional<WalHeader> header = header();
		if (header.isEmpty()) {
			throw new WalChangedException(
					"The write-ahead log has no valid header any more, expected position " + from);
		}
		String change = (header.get().pageSize() != pageSize)
				? "has pages of " + header.get().pageSize() + " instead of " + pageSize + " bytes"
				: findChange(header.get(), from);
		if (change != null) {
			throw new WalChangedException("The write-ahead log " + change + ", expected position " + from);
		}
		return header.get();
	}

	/**
	 * The frame before the position is compared as well: salts and size alone do not show
	 * that frames were written anew (Litestream #1037).
	 */
	private @Nullable String findChange(WalHeader header, WalPosition position) throws IOException {
		if (!position.isIn(header)) {
			return "was restarted with salts %08x%08x".formatted(header.salt1(), header.salt2());
		}
		int checksum1 = header.checksum1();
		int checksum2 = header.checksum2();
		if (position.offset() > WalHeader.SIZE) {
			long previous = position.offset() - header.frameSize();
			if ((position.offset() - WalHeader.SIZE) % header.frameSize() != 0) {
				return "has no frame that ends there";
			}
			if (this.channel.size() < position.offset() || !readFully(previous, WalEncoder.FRAME_HEADER)) {
				return "was truncated";
			}
			if (this.small.getInt(8) != position.salt1() || this.small.getInt(12) != position.salt2()) {
				return "was overwritten";
			}
			checksum1 = this.small.getInt(WalEncoder.FRAME_CHECKSUM);
			checksum2 = this.small.getInt(WalEncoder.FRAME_CHECKSUM + Integer.BYTES);
		}
		boolean same = checksum1 == position.checksum1() && checksum2 == position.checksum2();
		return same ? null : "was overwritten";
	}

	private WalScan scan(WalHeader header, WalPosition from) {
		if (this.bulk.capacity() < header.frameSize()) {
			this.bulk = WalScan.buffer(header.frameSize());
		}
		return new WalScan(this.channel, header, from, this.bulk);
	}

	private boolean readFully(long offset, int length) throws IOException {
		this.small.clear().limit(length);
		while (this.small.hasRemaining()) {
			int count = this.channel.read(this.small, offset + this.small.position());
			if (count < 0) {
				return false;
			}
		}
		return true;
	}

}
