package io.hacluster.replication.nats;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Options;
import io.nats.client.api.MessageInfo;

import io.hacluster.Epoch;
import io.hacluster.FencedException;
import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogObserver;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ReplicaStore;

/**
 * A log in a NATS Object Store bucket, readable by every NATS client and by Litestream
 * 0.5. Offsets are stream sequences. How it is fenced: see {@link FenceBurn}.
 * <p>
 * All writers of the bucket must be of this kind: a Litestream that writes into it is not
 * fenced, and breaks the chain of the leader. Thread-safe. Connections are made on first
 * use; each writer has one of its own.
 */
public final class NatsReplicaStore implements ReplicaStore {

	private static final int HEADER_ALLOWANCE = 4096;

	private final NatsReplicaStoreSettings settings;

	private final NodeIdentity node;

	private final Ticker ticker;

	private final int burnLength;

	private final boolean probing;

	private final NatsConnections connections;

	private final BucketReader reader;

	private final Bucket bucket;

	private final Set<LogTail> tails = ConcurrentHashMap.newKeySet();

	/**
	 * Creates a store. Does not connect.
	 * @param options gives a fresh builder with servers, credentials and TLS each time;
	 * names, timeouts, listeners and reconnection are set here
	 * @param settings how the log is kept
	 * @param node this process, for log lines, thread and connection names
	 */
	public NatsReplicaStore(Supplier<Options.Builder> options, NatsReplicaStoreSettings settings, NodeIdentity node) {
		this(options, settings, node, Ticker.SYSTEM, FenceBurn.LENGTH, true, true);
	}

	/**
	 * Creates a store for somebody who only reads: a bucket that does not exist is an
	 * error and is not made.
	 * @param options gives a fresh builder with servers, credentials and TLS each time
	 * @param settings how the log is kept
	 * @param node this process, for log lines, thread and connection names
	 * @return the store
	 */
	public static NatsReplicaStore existing(Supplier<Options.Builder> options, NatsReplicaStoreSettings settings,
			NodeIdentity node) {
		return new NatsReplicaStore(options, settings, node, Ticker.SYSTEM, FenceBurn.LENGTH, true, false);
	}

	NatsReplicaStore(Supplier<Options.Builder> options, NatsReplicaStoreSettings settings, NodeIdentity node,
			Ticker ticker, int burnLength, boolean probing) {
		this(options, settings, node, ticker, burnLength, probing, true);
	}

	private NatsReplicaStore(Supplier<Options.Builder> options, NatsReplicaStoreSettings settings, NodeIdentity node,
			Ticker ticker, int burnLength, boolean probing, boolean creating) {
		this.settings = settings;
		this.node = node;
		this.ticker = ticker;
		this.burnLength = burnLength;
		this.probing = probing;
		this.bucket = new Bucket(settings.bucket());
		this.connections = new NatsConnections(options, node, settings.requestTimeout(), ticker);
		this.reader = new BucketReader(this.connections, this.bucket, settings, creating);
	}

	@Override
	public LogWriter fence(Epoch epoch, NodeIdentity leader) {
		this.reader.ensureBucket();
		Connection connection = this.connections.writer();
		try {
			FenceBurn.Sealed sealed = new FenceBurn(connection, this.reader, this.ticker, this.settings,
					this.burnLength, this.probing)
				.run(epoch, leader);
			FencedChain chain = new FencedChain(connection, sealed, this.bucket.fence(), this.settings, this.ticker,
					"ha-log-" + leader.cluster(), (ex) -> explain(ex, sealed.fence()));
			BucketCleaner cleaner = new BucketCleaner(this.reader, this.node, this.ticker, sealed.fence().offset());
			return new NatsLogWriter(chain, this.reader, cleaner, chunkBytes(connection), this.settings.window());
		}
		catch (RuntimeException ex) {
			NatsConnections.close(connection);
			throw ex;
		}
	}

	private static int chunkBytes(Connection connection) {
		return (int) Math.max(1024, Math.min(StoredObject.CHUNK_BYTES, connection.getMaxPayload() - HEADER_ALLOWANCE));
	}

	/**
	 * Says what the error of a writer means. That a message came at the wrong place may
	 * be the work of a newer leader or of somebody who has no business here: the fence
	 * tells.
	 */
	private HaClusterException explain(Exception ex, Fence ours) {
		if (!(ex instanceof JetStreamApiException api)) {
			return this.reader.unavailable("be appended to", ex);
		}
		if (!NatsFailures.isConflict(api)) {
			return this.reader.unavailable("be appended to", ex);
		}
		try {
			Optional<Fence> current = currentFence();
			if (current.isPresent()
					&& !(current.get().epoch().equals(ours.epoch()) && current.get().nonce().equals(ours.nonce()))) {
				return new FencedException("The log belongs to node '" + current.get().node() + "' with epoch "
						+ current.get().epoch() + ", no longer to epoch " + ours.epoch());
			}
			return new StoreUnavailableException("Bucket '" + this.bucket.name() + "' cannot be appended to: the log "
					+ "is not where this writer left it (" + api.getMessage() + "); fence again", ex);
		}
		catch (StoreUnavailableException suppressed) {
			ex.addSuppressed(suppressed);
			return this.reader.unavailable("be appended to", ex);
		}
	}

	@Override
	public Optional<Fence> currentFence() {
		this.reader.ensureBucket();
		return this.reader.fence().map(BucketReader.StoredFence::fence);
	}

	@Override
	public List<LogEntry> list() {
		this.reader.ensureBucket();
		return new NatsListing(this.reader, this.ticker).read();
	}

	@Override
	public InputStream open(LogEntry entry) throws IOException {
		try {
			Optional<MessageInfo> meta = this.reader.last(this.bucket.meta(entry.name()));
			StoredObject object = meta
				.flatMap((message) -> StoredObject.decode(entry.name(), message.getData(), message.getTime()))
				.filter((stored) -> !stored.deleted())
				.orElseThrow(() -> new FileNotFoundException(entry.name() + " has been retired"));
			return new StoredObjectStream(this.reader, this.ticker, this.settings.stallTimeout().toNanos(), object);
		}
		catch (StoreUnavailableException ex) {
			throw new IOException(ex.getMessage(), ex);
		}
	}

	@Override
	public LogTail tail(LogOffset after, LogObserver observer) {
		AtomicBoolean closed = new AtomicBoolean();
		FileAssembler assembler = new FileAssembler(this.bucket, this.settings, this.node, observer, this::open,
				closed::get);
		NatsTail tail = new NatsTail(this.reader, this.ticker, this.node, after, observer, assembler, (closing) -> {
			closed.set(true);
			this.tails.remove(closing);
		});
		this.tails.add(tail);
		tail.start();
		return tail;
	}

	/**
	 * Closes all tails and the connection for reading. Writers are closed by their
	 * owners.
	 */
	@Override
	public void close() {
		this.tails.forEach(LogTail::close);
		this.connections.close();
	}

}
