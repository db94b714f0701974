package io.hacluster.replication;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.local.LocalReplicaStore;
import io.hacluster.replication.ltx.LtxMerge;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.LtxReader;

/**
 * A log in a directory, and a leader that ships a {@link SourceDatabase} to it.
 */
public final class TestLog implements AutoCloseable {

	private final LocalReplicaStore store;

	private final SourceDatabase source;

	private LogWriter writer;

	public TestLog(Path directory, Path source) throws Exception {
		this(directory, source, 4096);
	}

	public TestLog(Path directory, Path source, int pageSize) throws Exception {
		this.store = new LocalReplicaStore(directory, identity("leader"));
		this.source = new SourceDatabase(source, pageSize);
		this.writer = this.store.fence(new Epoch(1), identity("leader"));
	}

	public static NodeIdentity identity(String node) {
		return new NodeIdentity("test", new NodeId(node), node + "-1");
	}

	public SourceDatabase source() {
		return this.source;
	}

	public LocalReplicaStore store() {
		return this.store;
	}

	void fence(long epoch, String node) {
		this.writer.close();
		this.writer = this.store.fence(new Epoch(epoch), identity(node));
	}

	public LogWriter writer() {
		return this.writer;
	}

	/**
	 * Ships what has been committed.
	 */
	public LogEntry ship() throws Exception {
		byte[] file = this.source.capture();
		return append(LtxName.batch(this.source.txid()), file);
	}

	public void transferAndShip(long seed) throws Exception {
		this.source.transfer(seed);
		ship();
	}

	public LogEntry snapshot() throws Exception {
		return append(LtxName.snapshot(this.source.txid()), this.source.snapshot());
	}

	/**
	 * Merges batches into a file of a level, as compaction does.
	 */
	public LogEntry merge(int level, long min, long max) throws Exception {
		List<LtxReader> batches = new ArrayList<>();
		for (LogEntry entry : this.store.list()) {
			LtxName name = entry.name();
			if (name.level() == LtxName.LEVEL_BATCH && name.minTxid() >= min && name.maxTxid() <= max) {
				batches.add(new LtxReader(this.store.open(entry)));
			}
		}
		ByteArrayOutputStream out = new ByteArrayOutputStream();
		try (LtxMerge merge = new LtxMerge(batches)) {
			merge.writeTo(out, this.source.path().resolveSibling("."), () -> false);
		}
		return append(new LtxName(level, min, max), out.toByteArray());
	}

	/**
	 * Retires files.
	 */
	public void retire(Predicate<LtxName> which) {
		for (LogEntry entry : this.store.list()) {
			if (which.test(entry.name())) {
				this.writer.retire(entry);
			}
		}
	}

	public LogEntry append(LtxName name, byte[] content) throws Exception {
		return append(name, Instant.now(), content);
	}

	public LogEntry append(LtxName name, Instant timestamp, byte[] content) throws Exception {
		return this.writer.append(name, timestamp, bytes(content)).get(10, TimeUnit.SECONDS);
	}

	static ByteSource bytes(byte[] content) {
		return new ByteSource() {

			@Override
			public long size() {
				return content.length;
			}

			@Override
			public InputStream openStream() {
				return new ByteArrayInputStream(content);
			}

		};
	}

	@Override
	public void close() throws Exception {
		this.writer.close();
		this.store.close();
		this.source.close();
	}

}
