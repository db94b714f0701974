package io.hacluster.replication.restore;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

import io.hacluster.replication.ltx.LtxFormatException;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.LtxReader;

/**
 * Writes the pages of LTX files into a database file that nobody has open, oldest file
 * first, the first one a snapshot. Each file is verified while it is written, so that the
 * result is sound only if nothing has thrown. Not thread-safe.
 */
final class DatabaseBuilder {

	private static final int BUFFER = 1024 * 1024;

	private final FileChannel channel;

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);

	private long bufferOffset;

	private long length;

	private int pageSize;

	private long commit;

	private long txid;

	/**
	 * Begins a database.
	 * @param channel the file; what is in it is given up
	 * @throws TargetException if the file cannot be written
	 */
	DatabaseBuilder(FileChannel channel) throws TargetException {
		this.channel = channel;
		truncate(0);
	}

	/**
	 * Writes the pages of one LTX file.
	 * @param name which one
	 * @param in the file; it is closed
	 * @throws LtxFormatException if it is not sound, or does not fit the files before it
	 * @throws TargetException if the database cannot be written
	 * @throws IOException if the LTX file cannot be read
	 */
	void apply(LtxName name, InputStream in) throws IOException {
		try (LtxReader reader = new LtxReader(in)) {
			LtxHeader header = reader.header();
			boolean whole = begin(name, header);
			long pages = 0;
			while (reader.next()) {
				write(reader.pgno(), reader.page());
				pages++;
			}
			flush();
			if (whole && pages != pagesOf(header)) {
				throw new LtxFormatException("LTX file changes the size of a page, but holds only " + pages
						+ " of the database's " + header.commit() + " pages");
			}
			this.commit = header.commit();
			this.txid = header.maxTxid();
			// Pages beyond the end must not come back when a later file makes it grow
			// again
			if (this.length > size()) {
				truncate(size());
			}
		}
	}

	private boolean begin(LtxName name, LtxHeader header) throws TargetException {
		if (header.minTxid() != name.minTxid() || header.maxTxid() != name.maxTxid()) {
			throw new LtxFormatException("LTX file holds transactions " + header.minTxid() + " to " + header.maxTxid()
					+ ", not those of its name");
		}
		if (!header.isSnapshot() && (this.txid == 0 || header.minTxid() > this.txid + 1)) {
			throw new LtxFormatException("LTX file begins with transaction " + header.minTxid()
					+ ", which does not follow transaction " + this.txid);
		}
		if (header.isSnapshot() || header.pageSize() == this.pageSize) {
			boolean anew = header.pageSize() != this.pageSize;
			this.pageSize = header.pageSize();
			if (anew) {
				truncate(0);
			}
			return false;
		}
		this.pageSize = header.pageSize();
		truncate(0);
		return true;
	}

	private static long pagesOf(LtxHeader header) {
		return header.commit() - ((header.lockPage() <= header.commit()) ? 1 : 0);
	}

	private void write(long pgno, byte[] page) throws TargetException {
		long offset = (pgno - 1) * this.pageSize;
		if (offset != this.bufferOffset + this.buffer.position() || this.buffer.remaining() < page.length) {
			flush();
			this.bufferOffset = offset;
		}
		this.buffer.put(page);
	}

	private void flush() throws TargetException {
		this.buffer.flip();
		if (this.buffer.hasRemaining()) {
			writeFully(this.buffer, this.bufferOffset);
		}
		this.buffer.clear();
	}

	private void writeFully(ByteBuffer bytes, long offset) throws TargetException {
		try {
			long at = offset;
			while (bytes.hasRemaining()) {
				at += this.channel.write(bytes, at);
			}
			this.length = Math.max(this.length, at);
		}
		catch (IOException ex) {
			throw new TargetException(ex);
		}
	}

	private void truncate(long size) throws TargetException {
		try {
			this.channel.truncate(size);
			this.length = size;
		}
		catch (IOException ex) {
			throw new TargetException(ex);
		}
	}

	/**
	 * Brings the file to its size and makes it durable.
	 * @throws TargetException if the file cannot be written
	 */
	void finish() throws TargetException {
		if (this.length < size()) {
			// The last page is the lock page, which no file holds
			writeFully(ByteBuffer.allocate(1), size() - 1);
		}
		try {
			this.channel.force(true);
		}
		catch (IOException ex) {
			throw new TargetException(ex);
		}
	}

	/**
	 * Returns the size of the database as of the last transaction.
	 * @return bytes
	 */
	long size() {
		return this.commit * this.pageSize;
	}

}
