package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BooleanSupplier;

import io.hacluster.replication.wal.WalHeader;

/**
 * Copies a replica, with what is in its write-ahead log, into one file: page by page the
 * same database, as every later file of the log needs it. Nobody may write transactions
 * meanwhile; readers and checkpoints do no harm, since what a checkpoint brings into the
 * database is written over by the same or a later page.
 */
final class ReplicaCopy {

	private static final long STEP = 8L << 20;

	private static final int FRAME_HEADER = 24;

	private ReplicaCopy() {
	}

	/**
	 * Copies.
	 * @param database the database file
	 * @param log its write-ahead log
	 * @param header what is valid in the log
	 * @param target the new file, durable when this returns
	 * @param stop asked now and then whether to give up
	 * @throws IOException if files cannot be read or written, or told to stop
	 */
	static void write(FileChannel database, FileChannel log, WalIndexHeader header, Path target, BooleanSupplier stop)
			throws IOException {
		try (FileChannel out = FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING,
				StandardOpenOption.READ, StandardOpenOption.WRITE)) {
			long size = database.size();
			for (long done = 0; done < size; requireMore(stop)) {
				done += out.transferFrom(database.position(done), done, Math.min(STEP, size - done));
			}
			if (header.maxFrame() > 0) {
				copyFrames(log, header, out, stop);
				out.truncate(Integer.toUnsignedLong(header.pageCount()) * header.pageSize());
			}
			out.force(true);
		}
	}

	private static void copyFrames(FileChannel log, WalIndexHeader header, FileChannel out, BooleanSupplier stop)
			throws IOException {
		ByteBuffer frame = ByteBuffer.allocateDirect(FRAME_HEADER + header.pageSize());
		for (int i = 0; i < header.maxFrame(); i++) {
			long offset = WalHeader.SIZE + (long) i * frame.capacity();
			frame.clear();
			while (frame.hasRemaining()) {
				if (log.read(frame, offset + frame.position()) < 0) {
					throw new IOException("The write-ahead log ends before frame " + (i + 1));
				}
			}
			long page = Integer.toUnsignedLong(frame.getInt(0));
			ReplicaTransaction.writeFully(out, frame.position(FRAME_HEADER), (page - 1) * header.pageSize());
			requireMore(stop);
		}
	}

	private static void requireMore(BooleanSupplier stop) throws IOException {
		if (stop.getAsBoolean()) {
			throw new IOException("Stopped while copying the replica");
		}
	}

}
