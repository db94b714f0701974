package io.hacluster.replication.follower;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxReader;

/**
 * Builds a database file from LTX files, oldest first, the first one a snapshot. Nobody
 * may have the file open; each LTX file is verified while it is written, so that the
 * result is sound only if nothing has thrown. Not thread-safe.
 */
public final class RestoreBuilder implements AutoCloseable {

	/** Where the database header tells of WAL mode: read and write version. */
	private static final int VERSIONS_OFFSET = 18;

	private static final byte WAL_VERSION = 2;

	private final Path target;

	private final FileChannel channel;

	private int pageSize;

	private long commit;

	private long txid;

	/**
	 * Begins a file.
	 * @param target the file, replaced if it exists
	 * @throws IOException if it cannot be made
	 */
	public RestoreBuilder(Path target) throws IOException {
		this.target = target;
		this.channel = FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
				StandardOpenOption.WRITE);
	}

	/**
	 * Writes the pages of one LTX file.
	 * @param in the file; it is closed
	 * @throws io.hacluster.replication.ltx.LtxFormatException if it is not sound, or does
	 * not fit the files before it
	 * @throws IOException if it cannot be read, or the target not be written
	 */
	public void apply(InputStream in) throws IOException {
		try (LtxReader reader = new LtxReader(in)) {
			LtxHeader header = reader.header();
			requireFitting(header);
			while (reader.next()) {
				ReplicaTransaction.writeFully(this.channel, ByteBuffer.wrap(reader.page()),
						(reader.pgno() - 1) * header.pageSize());
			}
			this.pageSize = header.pageSize();
			this.commit = header.commit();
			this.txid = header.maxTxid();
		}
	}

	/**
	 * Brings the file to its size, puts it into WAL mode and makes it durable.
	 * @return the last transaction in it
	 * @throws IOException if the file cannot be written
	 */
	public long finish() throws IOException {
		long size = this.commit * this.pageSize;
		if (this.channel.size() > size) {
			this.channel.truncate(size);
		}
		else if (this.channel.size() < size) {
			// The lock page, which no LTX file holds, can be the last one
			ReplicaTransaction.writeFully(this.channel, ByteBuffer.allocate(1), size - 1);
		}
		if (size > 0) {
			ReplicaTransaction.writeFully(this.channel, ByteBuffer.wrap(new byte[] { WAL_VERSION, WAL_VERSION }),
					VERSIONS_OFFSET);
		}
		this.channel.force(true);
		close();
		return this.txid;
	}

	/**
	 * Gives up.
	 * @throws IOException if the file cannot be removed
	 */
	public void abandon() throws IOException {
		close();
		Files.deleteIfExists(this.target);
	}

	@Override
	public void close() throws IOException {
		this.channel.close();
	}

	private void requireFitting(LtxHeader header) throws IOException {
		if (this.txid == 0 && !header.isSnapshot()) {
			throw new IOException("A restore cannot begin with transaction " + header.minTxid());
		}
		if (this.txid > 0 && (header.pageSize() != this.pageSize || header.minTxid() > this.txid + 1)
				&& !header.isSnapshot()) {
			throw new IOException("Transactions " + header.minTxid() + " to " + header.maxTxid() + " with pages of "
					+ header.pageSize() + " bytes do not follow transaction " + this.txid + " with pages of "
					+ this.pageSize);
		}
	}

}
