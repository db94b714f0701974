package io.hacluster.replication;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import io.hacluster.replication.ltx.LtxHeader;
import io.hacluster.replication.ltx.LtxWriter;
import io.hacluster.replication.wal.WalBatch;
import io.hacluster.replication.wal.WalHeader;
import io.hacluster.replication.wal.WalPosition;
import io.hacluster.replication.wal.WalReader;

/**
 * A real SQLite database whose transactions a test captures as LTX files: what a leader
 * does, in small.
 */
public final class SourceDatabase implements AutoCloseable {

	static final int ACCOUNTS = 40;

	public static final int TOTAL = ACCOUNTS * 100;

	private final Path path;

	private final Connection connection;

	private final FileChannel log;

	private WalPosition position;

	private long txid;

	public SourceDatabase(Path path) throws Exception {
		this(path, 4096);
	}

	public SourceDatabase(Path path, int pageSize) throws Exception {
		this.path = path;
		this.connection = DriverManager.getConnection("jdbc:sqlite:" + path);
		execute("PRAGMA page_size=" + pageSize);
		execute("PRAGMA auto_vacuum=INCREMENTAL");
		execute("PRAGMA journal_mode=WAL");
		execute("PRAGMA wal_autocheckpoint=0");
		execute("PRAGMA synchronous=OFF");
		execute("CREATE TABLE account (id INTEGER PRIMARY KEY, balance INTEGER, note BLOB)");
		for (int i = 0; i < ACCOUNTS; i++) {
			execute("INSERT INTO account VALUES (" + i + ", 100, randomblob(200))");
		}
		execute("CREATE TABLE entry (n INTEGER PRIMARY KEY, filler BLOB)");
		this.log = FileChannel.open(path.resolveSibling(path.getFileName() + "-wal"), StandardOpenOption.READ);
		this.position = WalPosition.start(new WalReader(this.log).header().orElseThrow());
	}

	public Path path() {
		return this.path;
	}

	public long txid() {
		return this.txid;
	}

	public void txid(long txid) {
		this.txid = txid;
	}

	public void execute(String sql) throws SQLException {
		try (Statement statement = this.connection.createStatement()) {
			statement.execute(sql);
		}
	}

	public long query(String sql) throws SQLException {
		try (Statement statement = this.connection.createStatement(); ResultSet result = statement.executeQuery(sql)) {
			return result.next() ? result.getLong(1) : -1;
		}
	}

	/**
	 * One transaction that keeps the sum of the balances: an invariant that no reader may
	 * ever see broken.
	 */
	public void transfer(long seed) throws SQLException {
		long from = Math.floorMod(seed * 7 + 3, ACCOUNTS);
		long to = Math.floorMod(seed * 13 + 5, ACCOUNTS);
		execute("BEGIN");
		execute("UPDATE account SET balance = balance - 7 WHERE id = " + from);
		execute("INSERT INTO entry(filler) VALUES (randomblob(" + (50 + Math.floorMod(seed * 31, 3000)) + "))");
		execute("UPDATE account SET balance = balance + 7, note = randomblob(" + (20 + Math.floorMod(seed, 700))
				+ ") WHERE id = " + to);
		execute("COMMIT");
	}

	/**
	 * Captures what has been committed since the last capture as the next level-0 file.
	 */
	public byte[] capture() throws IOException {
		WalReader reader = new WalReader(this.log);
		int pageSize = reader.header().orElseThrow().pageSize();
		WalBatch batch = reader.read(this.position, pageSize, Long.MAX_VALUE);
		if (batch.isEmpty()) {
			throw new IllegalStateException("Nothing has been committed");
		}
		SortedMap<Long, byte[]> pages = new TreeMap<>();
		for (Map.Entry<Long, Long> page : batch.pages().entrySet()) {
			byte[] content = new byte[pageSize];
			reader.readPage(page.getValue(), ByteBuffer.wrap(content));
			pages.put(page.getKey(), content);
		}
		this.position = batch.end();
		this.txid++;
		LtxHeader header = LtxHeader
			.noChecksum(pageSize, batch.commit(), this.txid, this.txid, System.currentTimeMillis())
			.withWal(batch.walOffset(), batch.walSize(), batch.end().salt1(), batch.end().salt2());
		return encode(header, pages);
	}

	/**
	 * Takes the whole database as it stands in the last capture.
	 */
	public byte[] snapshot() throws Exception {
		SortedMap<Long, byte[]> pages = new TreeMap<>();
		WalReader reader = new WalReader(this.log);
		WalHeader header = reader.header().orElseThrow();
		WalBatch all = reader.read(WalPosition.start(header), header.pageSize(), Long.MAX_VALUE,
				this.position.offset());
		try (FileChannel database = FileChannel.open(this.path, StandardOpenOption.READ)) {
			for (long pgno = 1; pgno <= all.commit(); pgno++) {
				byte[] content = new byte[header.pageSize()];
				Long offset = all.pages().get(pgno);
				if (offset != null) {
					reader.readPage(offset, ByteBuffer.wrap(content));
				}
				else {
					database.read(ByteBuffer.wrap(content), (pgno - 1) * header.pageSize());
				}
				pages.put(pgno, content);
			}
		}
		return encode(LtxHeader.noChecksum(header.pageSize(), all.commit(), 1, this.txid, System.currentTimeMillis()),
				pages);
	}

	private static byte[] encode(LtxHeader header, SortedMap<Long, byte[]> pages) throws IOException {
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		LtxWriter writer = new LtxWriter(out, header);
		for (Map.Entry<Long, byte[]> page : pages.entrySet()) {
			writer.writePage(page.getKey(), page.getValue(), 0);
		}
		writer.finish();
		return out.toByteArray();
	}

	@Override
	public void close() throws Exception {
		this.connection.close();
		this.log.close();
	}

}
