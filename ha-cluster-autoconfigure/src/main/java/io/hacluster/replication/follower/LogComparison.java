package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxReader;

/**
 * Compares a database file with a state of the log, without building that: the files that
 * lead to the state are read from the newest to the oldest, and of each page the first
 * one counts. Writes nothing, and ends at the first difference. Nobody may have the
 * database open.
 */
final class LogComparison implements AutoCloseable {

	/** Where the database header tells of WAL mode: read and write version. */
	private static final int VERSIONS_OFFSET = 18;

	private static final byte WAL_VERSION = 2;

	private final FileChannel database;

	private final BitSet seen = new BitSet();

	private LogComparison(Path database) throws IOException {
		this.database = FileChannel.open(database, StandardOpenOption.READ);
	}

	/**
	 * Compares.
	 * @param store the log
	 * @param plan the files that lead to the state, the oldest first
	 * @param database the database
	 * @return whether the database is in that state
	 * @throws io.hacluster.replication.ltx.LtxFormatException if a file is not sound
	 * @throws IOException if one cannot be read
	 */
	static boolean isSame(ReplicaStore store, List<LogEntry> plan, Path database) throws IOException {
		try (LogComparison comparison = new LogComparison(database)) {
			long pages = 0;
			for (int i = plan.size() - 1; i >= 0; i--) {
				try (LtxReader reader = new LtxReader(store.open(plan.get(i)))) {
					LtxHeader header = reader.header();
					if (i == plan.size() - 1) {
						pages = header.commit();
						if (comparison.database.size() != pages * header.pageSize()) {
							return false;
						}
					}
					if (!comparison.isSame(reader, pages)) {
						return false;
					}
				}
			}
			return true;
		}
	}

	/**
	 * A plan begins with a file that holds all pages, and none is left unseen.
	 */
	private boolean isSame(LtxReader reader, long pages) throws IOException {
		int pageSize = reader.header().pageSize();
		ByteBuffer own = ByteBuffer.allocate(pageSize);
		while (reader.next()) {
			int bit = (int) (reader.pgno() - 1);
			if (reader.pgno() > pages || this.seen.get(bit)) {
				continue;
			}
			this.seen.set(bit);
			byte[] page = reader.page();
			if (reader.pgno() == 1) {
				page = page.clone();
				page[VERSIONS_OFFSET] = WAL_VERSION;
				page[VERSIONS_OFFSET + 1] = WAL_VERSION;
			}
			read(own.clear(), bit * (long) pageSize);
			if (!Arrays.equals(own.array(), page)) {
				return false;
			}
		}
		return true;
	}

	private void read(ByteBuffer buffer, long position) throws IOException {
		while (buffer.hasRemaining()) {
			if (this.database.read(buffer, position + buffer.position()) < 0) {
				throw new IOException("The database has become shorter");
			}
		}
	}

	@Override
	public void close() throws IOException {
		this.database.close();
	}

}
