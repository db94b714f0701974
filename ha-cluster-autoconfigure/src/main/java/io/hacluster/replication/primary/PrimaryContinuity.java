package io.hacluster.replication.primary;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedMap;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.LtxReader;
import io.hacluster.replication.wal.WalPosition;
import io.hacluster.replication.wal.WalReader;

/**
 * Proves that a local write-ahead log holds what the last level-0 file of the log was
 * made from. Salts and offsets alone prove nothing: after a power failure SQLite writes
 * other frames in the place of lost ones, under the same salts. So the pages are compared
 * too.
 */
final class PrimaryContinuity {

	private final ReplicaStore store;

	PrimaryContinuity(ReplicaStore store) {
		this.store = store;
	}

	/**
	 * Looks for the end of a transaction in the write-ahead log of a database.
	 * @param database the database
	 * @param txid the last transaction in the log
	 * @param state what is committed locally
	 * @return where the transaction ends, null if that cannot be proved
	 * @throws io.hacluster.HaClusterException if the log cannot be read
	 */
	@Nullable PrimaryMark prove(PrimaryDatabase database, long txid, PrimaryWalState state) throws IOException {
		Optional<LogEntry> entry = this.store.list()
			.stream()
			.filter((candidate) -> candidate.name().level() == LtxName.LEVEL_BATCH
					&& candidate.name().maxTxid() == txid)
			.findFirst();
		if (entry.isEmpty()) {
			return null;
		}
		try (LtxReader file = new LtxReader(this.store.open(entry.get()))) {
			LtxHeader header = file.header();
			WalPosition end = find(database, header, state);
			return (end != null && samePages(database, file, end)) ? new PrimaryMark(txid, end, header.commit()) : null;
		}
	}

	private static @Nullable WalPosition find(PrimaryDatabase database, LtxHeader header, PrimaryWalState state)
			throws IOException {
		long offset = header.walOffset() + header.walSize();
		if (header.walSize() == 0 || header.pageSize() != database.pageSize()
				|| !state.sameGeneration(header.walSalt1(), header.walSalt2()) || offset > database.endOffset(state)) {
			return null;
		}
		return database.walReader().locate(header.walSalt1(), header.walSalt2(), offset).orElse(null);
	}

	private static boolean samePages(PrimaryDatabase database, LtxReader file, WalPosition end) throws IOException {
		LtxHeader header = file.header();
		WalReader wal = database.walReader();
		WalPosition start = wal.locate(end.salt1(), end.salt2(), header.walOffset()).orElse(null);
		if (start == null) {
			return false;
		}
		SortedMap<Long, Long> pages = wal.read(start, header.pageSize(), Long.MAX_VALUE, end.offset()).pages();
		byte[] page = new byte[header.pageSize()];
		int compared = 0;
		while (file.next()) {
			Long offset = pages.get(file.pgno());
			if (offset != null) {
				wal.readPage(offset, ByteBuffer.wrap(page));
				if (!Arrays.equals(page, file.page())) {
					return false;
				}
				compared++;
			}
		}
		return compared == pages.size();
	}

}
