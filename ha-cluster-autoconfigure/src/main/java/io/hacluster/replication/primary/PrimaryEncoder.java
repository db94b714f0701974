package io.hacluster.replication.primary;

import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.HaClusterException;
import io.hacluster.replication.ByteSource;
import io.hacluster.replication.connection.WriterVersion;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxWriter;
import io.hacluster.replication.wal.WalBatch;
import io.hacluster.replication.wal.WalReader;

/**
 * Makes LTX files of captured batches and of images: small ones in memory, others in a
 * staging file. Thread-safe.
 */
final class PrimaryEncoder {

	private static final String PREFIX = "ship-";

	private static final String LEFT = "{ship-,index-}*";

	private static final int BUFFER = 1 << 16;

	/**
	 * How much an image is written between two looks at the disk and at whether to stop.
	 */
	private static final long STRIDE = 16L << 20;

	private final Path staging;

	private final int memoryBytes;

	private final Epoch epoch;

	private final WriterVersion writerVersion;

	PrimaryEncoder(Path staging, int memoryBytes, Epoch epoch, WriterVersion writerVersion) {
		this.staging = staging;
		this.memoryBytes = memoryBytes;
		this.epoch = epoch;
		this.writerVersion = writerVersion;
	}

	/**
	 * Returns the directory for staging files.
	 */
	Path staging() {
		return this.staging;
	}

	/**
	 * Removes what a former process left behind.
	 */
	void clean() throws IOException {
		try (DirectoryStream<Path> left = Files.newDirectoryStream(this.staging, LEFT)) {
			for (Path file : left) {
				Files.deleteIfExists(file);
			}
		}
	}

	/**
	 * Encodes a batch. Pages by which the database has grown although the write-ahead log
	 * does not hold them, which SQLite does with pages that are free at once, are taken
	 * from the database.
	 */
	EncodedFile encode(PrimaryDatabase database, PrimaryBatch batch, Instant timestamp) throws IOException {
		WalBatch frames = batch.frames();
		int pageSize = database.pageSize();
		LtxHeader header = LtxHeader
			.noChecksum(pageSize, frames.commit(), batch.end().txid(), batch.end().txid(), timestamp.toEpochMilli())
			.withWal(frames.walOffset(), frames.walSize(), frames.end().salt1(), frames.end().salt2());
		List<Long> grown = grown(batch, header.lockPage());
		PrimaryImage image = grown.isEmpty() ? null : new PrimaryImage(database, frames.end(), batch.frames().commit());
		long bound = (frames.pages().size() + (long) grown.size()) * database.frameSize();
		return write(bound <= this.memoryBytes, header,
				(writer) -> writeBatch(writer, database.walReader(), frames, grown, image, pageSize));
	}

	private static List<Long> grown(PrimaryBatch batch, long lockPage) {
		List<Long> missing = new ArrayList<>();
		for (long pgno = batch.start().pages() + 1; pgno <= batch.frames().commit(); pgno++) {
			if (pgno != lockPage && !batch.frames().pages().containsKey(pgno)) {
				missing.add(pgno);
			}
		}
		return missing;
	}

	private void writeBatch(LtxWriter writer, WalReader wal, WalBatch frames, List<Long> grown,
			@Nullable PrimaryImage image, int pageSize) throws IOException {
		byte[] page = new byte[pageSize];
		Iterator<Long> missing = grown.iterator();
		Long next = missing.hasNext() ? missing.next() : null;
		for (Map.Entry<Long, Long> entry : frames.pages().entrySet()) {
			while (next != null && image != null && next < entry.getKey()) {
				image.readPage(next, page);
				writer.writePage(next, page, 0);
				next = missing.hasNext() ? missing.next() : null;
			}
			wal.readPage(entry.getValue(), ByteBuffer.wrap(page));
			lookAtFirst(entry.getKey(), page);
			writer.writePage(entry.getKey(), page, 0);
		}
		while (next != null && image != null) {
			image.readPage(next, page);
			writer.writePage(next, page, 0);
			next = missing.hasNext() ? missing.next() : null;
		}
	}

	private void lookAtFirst(long pgno, byte[] page) {
		if (pgno == 1) {
			this.writerVersion.observe(page);
		}
	}

	/**
	 * Encodes the whole database.
	 * @param image the database
	 * @param header says which transactions, and how many pages
	 * @param stop asked now and then
	 * @throws HaClusterException if told to stop, or if the disk is about to fill up
	 */
	EncodedFile encode(PrimaryImage image, LtxHeader header, BooleanSupplier stop) throws IOException {
		boolean small = image.pages() * image.pageSize() <= this.memoryBytes;
		return write(small, header, (writer) -> {
			byte[] page = new byte[image.pageSize()];
			long nextLook = 0;
			for (long pgno = 1; pgno <= image.pages(); pgno++) {
				if (writer.size() >= nextLook) {
					nextLook = writer.size() + STRIDE;
					look(stop, small);
				}
				if (pgno != header.lockPage()) {
					image.readPage(pgno, page);
					lookAtFirst(pgno, page);
					writer.writePage(pgno, page, 0);
				}
			}
		});
	}

	private void look(BooleanSupplier stop, boolean small) throws IOException {
		if (stop.getAsBoolean()) {
			throw new HaClusterException("The copy of the database was abandoned");
		}
		long usable = Files.getFileStore(this.staging).getUsableSpace();
		if (!small && usable < 4 * STRIDE) {
			throw new HaClusterException("A copy of the database cannot be staged: only " + (usable >> 20)
					+ " MB are free in " + this.staging + ", beside ha.cluster.sqlite.path; free some space there");
		}
	}

	/**
	 * Each file names the term it was written in: a former leader that returns finds by
	 * that what of its own the log holds.
	 */
	private EncodedFile write(boolean inMemory, LtxHeader unsigned, Content content) throws IOException {
		LtxHeader header = unsigned.withNodeId(this.epoch.value());
		if (inMemory) {
			ByteArrayOutputStream bytes = new ByteArrayOutputStream();
			write(bytes, header, content);
			return new EncodedFile(header, bytes.size(), null, bytes.toByteArray());
		}
		Path file = Files.createTempFile(this.staging, PREFIX, ".ltx");
		try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
			long size = write(out, header, content);
			return new EncodedFile(header, size, file, new byte[0]);
		}
		catch (IOException ex) {
			Files.deleteIfExists(file);
			throw new IOException("A file for the log cannot be staged in " + this.staging
					+ ", beside ha.cluster.sqlite.path: " + ex.getMessage() + "; it is tried again until there is room",
					ex);
		}
		catch (RuntimeException ex) {
			Files.deleteIfExists(file);
			throw ex;
		}
	}

	private long write(OutputStream out, LtxHeader header, Content content) throws IOException {
		try (LtxWriter writer = new LtxWriter(out, header, this.staging)) {
			content.writeTo(writer);
			writer.finish();
			return writer.size();
		}
	}

	@FunctionalInterface
	private interface Content {

		void writeTo(LtxWriter writer) throws IOException;

	}

	/**
	 * An LTX file that is ready to be appended.
	 *
	 * @param header its header
	 * @param size its length in bytes
	 * @param file where it is staged, null if it is in memory
	 * @param bytes its bytes if it is in memory
	 */
	record EncodedFile(LtxHeader header, long size, @Nullable Path file,
			byte[] bytes) implements ByteSource, AutoCloseable {

		@Override
		public InputStream openStream() throws IOException {
			return (this.file != null) ? Files.newInputStream(this.file) : new ByteArrayInputStream(this.bytes);
		}

		@Override
		public void close() {
			if (this.file != null) {
				try {
					Files.deleteIfExists(this.file);
				}
				catch (IOException ex) {
					this.file.toFile().deleteOnExit();
				}
			}
		}

	}

}
