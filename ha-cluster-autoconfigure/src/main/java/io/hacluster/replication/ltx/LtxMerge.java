package io.hacluster.replication.ltx;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

import io.hacluster.HaClusterException;

/**
 * Merges LTX files that follow one another into one, as Litestream 0.5 compacts: of each
 * page the newest version, no page beyond the final size of the database, the time of the
 * last file, no rolling checksum and no place in a write-ahead log. All files are read
 * side by side in the order of their pages, so that memory is needed for one page of each
 * of them, whatever their sizes are; a page is not compressed again unless it is stored
 * in the older form. Every file is verified completely before the result is finished. Not
 * thread-safe.
 */
public final class LtxMerge implements Closeable {

	private static final int STRIDE = 1024;

	private final List<LtxReader> inputs;

	private final LtxHeader header;

	/**
	 * Creates a merge.
	 * @param inputs the files from the oldest to the newest, at their first page; closed
	 * with this merge
	 * @throws LtxFormatException if they do not follow one another, or differ in their
	 * page sizes
	 */
	public LtxMerge(List<LtxReader> inputs) {
		if (inputs.isEmpty()) {
			throw new IllegalArgumentException("'inputs' must not be empty");
		}
		this.inputs = List.copyOf(inputs);
		LtxHeader first = this.inputs.get(0).header();
		LtxHeader last = first;
		for (LtxReader input : this.inputs.subList(1, this.inputs.size())) {
			LtxHeader next = input.header();
			requireFollows(last, next);
			last = next;
		}
		this.header = LtxHeader.noChecksum(first.pageSize(), last.commit(), first.minTxid(), last.maxTxid(),
				last.timestamp());
	}

	private static void requireFollows(LtxHeader previous, LtxHeader next) {
		if (next.pageSize() != previous.pageSize()) {
			throw new LtxFormatException("LTX files with pages of %d and %d bytes cannot be merged"
				.formatted(previous.pageSize(), next.pageSize()));
		}
		if (next.minTxid() > previous.maxTxid() + 1 || next.maxTxid() <= previous.maxTxid()) {
			throw new LtxFormatException("LTX file of transactions %d to %d does not follow one of %d to %d"
				.formatted(next.minTxid(), next.maxTxid(), previous.minTxid(), previous.maxTxid()));
		}
	}

	/**
	 * Returns the header of the result.
	 * @return the header
	 */
	public LtxHeader header() {
		return this.header;
	}

	/**
	 * Writes the result. If this fails, what has been written is not a whole file.
	 * @param out where it goes; closed in any case
	 * @param directory where the index of a large result is kept meanwhile
	 * @param stop asked now and then whether to give up
	 * @return its size in bytes
	 * @throws LtxFormatException if an input is not sound, or if files that begin with
	 * transaction 1 do not hold the whole database
	 * @throws HaClusterException if told to stop
	 * @throws IOException if an input cannot be read or the result not be written
	 */
	public long writeTo(OutputStream out, Path directory, BooleanSupplier stop) throws IOException {
		try (out; LtxWriter writer = new LtxWriter(out, this.header, directory)) {
			merge(writer, stop);
			writer.finish();
			return writer.size();
		}
	}

	private void merge(LtxWriter writer, BooleanSupplier stop) throws IOException {
		PriorityQueue<Cursor> queue = new PriorityQueue<>(Cursor.ORDER);
		for (int i = 0; i < this.inputs.size(); i++) {
			advance(queue, new Cursor(this.inputs.get(i), i));
		}
		long last = 0;
		for (long count = 0; !queue.isEmpty(); count++) {
			if (count % STRIDE == 0 && stop.getAsBoolean()) {
				throw new HaClusterException("The merge of LTX files was abandoned");
			}
			Cursor cursor = queue.remove();
			long pgno = cursor.reader.pgno();
			if (pgno != last && pgno <= this.header.commit()) {
				writer.copyPage(cursor.reader);
				last = pgno;
			}
			advance(queue, cursor);
		}
	}

	private static void advance(PriorityQueue<Cursor> queue, Cursor cursor) throws IOException {
		if (cursor.reader.next()) {
			queue.add(cursor);
		}
	}

	/**
	 * Closes all inputs.
	 * @throws IOException if one of them cannot be closed
	 */
	@Override
	public void close() throws IOException {
		List<IOException> failures = new ArrayList<>();
		for (LtxReader input : this.inputs) {
			try {
				input.close();
			}
			catch (IOException ex) {
				failures.add(ex);
			}
		}
		if (!failures.isEmpty()) {
			throw failures.get(0);
		}
	}

	/**
	 * An input at its current page: lower pages first, of the same page the newest first.
	 */
	private record Cursor(LtxReader reader, int age) {

		static final Comparator<Cursor> ORDER = Comparator.comparingLong((Cursor cursor) -> cursor.reader.pgno())
			.thenComparing(Comparator.comparingInt(Cursor::age).reversed());

	}

}
