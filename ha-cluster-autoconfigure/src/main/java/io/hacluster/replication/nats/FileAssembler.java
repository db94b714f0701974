package io.hacluster.replication.nats;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

import io.nats.client.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.ByteSource;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogObserver;
import io.hacluster.replication.ltx.LtxName;

/**
 * Makes files and fences out of the messages of a bucket. Not thread-safe.
 */
final class FileAssembler {

	private static final Logger logger = LoggerFactory.getLogger(FileAssembler.class);

	/** Foreign writers may leave files unfinished; ours end with a fence. */
	private static final int MAX_UNFINISHED = 64;

	private final Bucket bucket;

	private final NatsReplicaStoreSettings settings;

	private final NodeIdentity node;

	private final LogObserver observer;

	private final Opener opener;

	private final BooleanSupplier closed;

	private final Map<String, FileAssembly> unfinished = new LinkedHashMap<>();

	private Epoch epoch = Epoch.NONE;

	FileAssembler(Bucket bucket, NatsReplicaStoreSettings settings, NodeIdentity node, LogObserver observer,
			Opener opener, BooleanSupplier closed) {
		this.bucket = bucket;
		this.settings = settings;
		this.node = node;
		this.observer = observer;
		this.opener = opener;
		this.closed = closed;
	}

	void take(Message message) throws IOException {
		String subject = message.getSubject();
		if (subject.equals(this.bucket.fence())) {
			takeFence(message);
			return;
		}
		Optional<String> chunkId = this.bucket.chunkId(subject);
		if (chunkId.isPresent()) {
			takeChunk(chunkId.get(), message);
			return;
		}
		Optional<LtxName> name = this.bucket.file(subject);
		if (name.isPresent()) {
			takeDescription(name.get(), message);
		}
	}

	private void takeFence(Message message) {
		FenceRecord record;
		try {
			record = FenceRecord.decode(message.getData());
		}
		catch (IllegalArgumentException ex) {
			logger.warn("[{}] The log holds a damaged fence at {}", this.node, message.metaData().streamSequence());
			return;
		}
		if (record.sealed() && record.epoch().compareTo(this.epoch) >= 0) {
			this.epoch = record.epoch();
			clear();
			if (!this.closed.getAsBoolean()) {
				this.observer.fence(record.at(message.metaData().streamSequence()));
			}
		}
	}

	private void takeChunk(String chunkId, Message message) throws IOException {
		byte[] data = message.getData();
		if (data == null || data.length == 0 || this.bucket.isProbe(chunkId)
				|| NatsHeaders.number(message.getHeaders(), NatsHeaders.LEVEL, 0) != LtxName.LEVEL_BATCH) {
			return;
		}
		FileAssembly assembly = this.unfinished.get(chunkId);
		if (assembly == null) {
			makeRoom();
			assembly = new FileAssembly(this.settings.spoolDirectory(), this.settings.spoolThreshold());
			this.unfinished.put(chunkId, assembly);
		}
		try {
			assembly.add(data);
		}
		catch (IOException ex) {
			assembly.close();
			this.unfinished.remove(chunkId);
			throw new IOException(
					"A file cannot be spooled to '" + this.settings.spoolDirectory() + "': " + ex.getMessage(), ex);
		}
	}

	private void makeRoom() {
		if (this.unfinished.size() >= MAX_UNFINISHED) {
			Iterator<FileAssembly> oldest = this.unfinished.values().iterator();
			oldest.next().close();
			oldest.remove();
		}
	}

	private void takeDescription(LtxName name, Message message) throws IOException {
		Optional<StoredObject> decoded = StoredObject.decode(name, message.getData(), message.metaData().timestamp());
		if (decoded.isEmpty()) {
			logger.warn("[{}] The description of {} in the log is damaged", this.node, name);
			return;
		}
		StoredObject object = decoded.get();
		FileAssembly assembly = this.unfinished.remove(object.nuid());
		try {
			if (name.level() == LtxName.LEVEL_BATCH && !object.deleted() && isCurrent(name, message)) {
				LogEntry entry = object.at(message.metaData().streamSequence());
				if (assembly != null && assembly.finish(object)) {
					deliver(entry, assembly);
				}
				else {
					deliver(entry, new StoredSource(entry, this.opener));
				}
			}
		}
		finally {
			if (assembly != null) {
				assembly.close();
			}
		}
	}

	private boolean isCurrent(LtxName name, Message message) {
		long epoch = NatsHeaders.number(message.getHeaders(), NatsHeaders.EPOCH, this.epoch.value());
		if (epoch < this.epoch.value()) {
			logger.error("[{}] {} carries epoch {}, but the log belongs to epoch {}: refused", this.node, name, epoch,
					this.epoch);
			return false;
		}
		return true;
	}

	private void deliver(LogEntry entry, ByteSource content) {
		if (!this.closed.getAsBoolean()) {
			this.observer.file(entry, content);
		}
	}

	void clear() {
		this.unfinished.values().forEach(FileAssembly::close);
		this.unfinished.clear();
	}

	/**
	 * Opens a file in the store.
	 */
	@FunctionalInterface
	interface Opener {

		InputStream open(LogEntry entry) throws IOException;

	}

	/**
	 * A file of which the chunks were not seen, since the tail began in the middle of it.
	 */
	private record StoredSource(LogEntry entry, Opener opener) implements ByteSource {

		@Override
		public long size() {
			return this.entry.size();
		}

		@Override
		public InputStream openStream() throws IOException {
			return this.opener.open(this.entry);
		}

	}

}
