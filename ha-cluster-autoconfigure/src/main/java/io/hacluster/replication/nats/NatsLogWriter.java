package io.hacluster.replication.nats;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import io.nats.client.NUID;
import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;

import io.hacluster.HaClusterException;
import io.hacluster.StoreUnavailableException;
import io.hacluster.replication.ByteSource;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogWriter;
import io.hacluster.replication.ltx.LtxName;

/**
 * Writes objects through a {@link FencedChain}: the chunks of a file and, last, its
 * description, all sent without waiting in between. A file of more than one chunk takes
 * only a part of the window, so that a snapshot does not hold up the batches beside it.
 */
final class NatsLogWriter implements LogWriter {

	private static final int BULK_SHARE = 8;

	private static final long POLL_MILLIS = 100;

	private final FencedChain chain;

	private final BucketReader reader;

	private final BucketCleaner cleaner;

	private final int chunkBytes;

	private final Semaphore bulk;

	private long highestBatch;

	NatsLogWriter(FencedChain chain, BucketReader reader, BucketCleaner cleaner, int chunkBytes, int window) {
		this.chain = chain;
		this.reader = reader;
		this.cleaner = cleaner;
		this.chunkBytes = chunkBytes;
		this.bulk = new Semaphore(Math.max(1, window / BULK_SHARE), true);
	}

	@Override
	public Fence fence() {
		return this.chain.fence();
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * Content that cannot be read fails this append alone, not the writer.
	 */
	@Override
	public CompletableFuture<LogEntry> append(LtxName name, Instant timestamp, ByteSource content) {
		try {
			this.chain.requireHealthy();
			Optional<StoredObject> replaced = mayReplace(name) ? stored(name) : Optional.empty();
			StoredObject object = sendChunks(name, timestamp, content);
			CompletableFuture<LogEntry> entry = this.chain
				.send(bucket().meta(name), replaced.isPresent() ? rollup() : new Headers(), object.encode(bucket()))
				.thenApply(object::at);
			replaced.ifPresent((old) -> entry.thenRun(() -> this.cleaner.purgeChunks(old.nuid())));
			return entry;
		}
		catch (HaClusterException ex) {
			return CompletableFuture.failedFuture(ex);
		}
		catch (IOException ex) {
			return CompletableFuture.failedFuture(new StoreUnavailableException(
					"The content of " + name + " cannot be read: " + ex.getMessage(), ex));
		}
	}

	/**
	 * Whether a file of that name may exist already, in which case its chunks must go.
	 * Batches come in order, so that looking is rarely needed for them.
	 */
	private synchronized boolean mayReplace(LtxName name) {
		if (name.level() != LtxName.LEVEL_BATCH) {
			return true;
		}
		boolean follows = this.highestBatch != 0 && name.minTxid() > this.highestBatch;
		this.highestBatch = Math.max(this.highestBatch, name.maxTxid());
		return !follows;
	}

	private Optional<StoredObject> stored(LtxName name) {
		return meta(name).flatMap((message) -> StoredObject.decode(name, message.getData(), message.getTime()));
	}

	private StoredObject sendChunks(LtxName name, Instant timestamp, ByteSource content) throws IOException {
		String nuid = NUID.nextGlobal();
		MessageDigest digest = StoredObject.newDigest();
		boolean large = content.size() > this.chunkBytes;
		long size = 0;
		long chunks = 0;
		try (InputStream stream = content.openStream()) {
			for (byte[] chunk = stream.readNBytes(this.chunkBytes); chunk.length > 0; chunk = stream
				.readNBytes(this.chunkBytes)) {
				digest.update(chunk);
				size += chunk.length;
				chunks++;
				sendChunk(name, nuid, chunk, large);
			}
			if (size != content.size()) {
				throw new IOException("it is " + size + " bytes long, not " + content.size());
			}
		}
		catch (IOException ex) {
			if (chunks > 0) {
				this.cleaner.purgeChunks(nuid);
			}
			throw ex;
		}
		return new StoredObject(name, nuid, size, chunks, StoredObject.digest(digest), timestamp, false);
	}

	private void sendChunk(LtxName name, String nuid, byte[] chunk, boolean large) {
		Headers headers = new Headers().put(NatsHeaders.LEVEL, Integer.toString(name.level()));
		if (!large) {
			this.chain.send(bucket().chunks(nuid), headers, chunk);
			return;
		}
		acquireShare();
		try {
			this.chain.send(bucket().chunks(nuid), headers, chunk).whenComplete((sequence, ex) -> this.bulk.release());
		}
		catch (HaClusterException ex) {
			this.bulk.release();
			throw ex;
		}
	}

	private void acquireShare() {
		try {
			while (!this.bulk.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
				this.chain.requireHealthy();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new StoreUnavailableException("Interrupted while waiting to append", ex);
		}
	}

	/**
	 * {@inheritDoc}
	 * <p>
	 * First a delete marker is appended, fenced like everything. From then on the
	 * messages of the file and the marker are superseded, whoever leads, and are removed
	 * by their sequences: that cannot hit anything newer, however late it is done.
	 * Roll-ups and purges would do too, but make a server 2.9 skip messages in the feeds
	 * of others.
	 */
	@Override
	public void retire(LogEntry entry) {
		this.chain.requireHealthy();
		this.cleaner.sweepOnce();
		for (Optional<MessageInfo> meta = meta(entry.name()); meta.isPresent(); meta = meta(entry.name())) {
			Optional<StoredObject> stored = StoredObject.decode(entry.name(), meta.get().getData(),
					meta.get().getTime());
			if (stored.isEmpty() || stored.get().deleted()) {
				return;
			}
			StoredObject object = stored.get();
			CompletableFuture<Long> marker = this.chain.send(bucket().meta(entry.name()), new Headers(),
					object.deletion().encode(bucket()));
			Optional<MessageInfo> chunk = (object.chunks() == 1) ? this.reader.last(bucket().chunks(object.nuid()))
					: Optional.empty();
			await(marker);
			if (chunk.isPresent()) {
				this.cleaner.delete(chunk.get().getSeq(), meta.get().getSeq(), marker.join());
			}
			else {
				this.cleaner.delete(meta.get().getSeq(), marker.join());
				this.cleaner.purgeChunks(object.nuid());
			}
		}
	}

	private static void await(CompletableFuture<Long> sent) {
		try {
			sent.join();
		}
		catch (CompletionException ex) {
			if (ex.getCause() instanceof HaClusterException cause) {
				throw cause;
			}
			throw ex;
		}
	}

	private Optional<MessageInfo> meta(LtxName name) {
		return this.reader.last(bucket().meta(name));
	}

	private Bucket bucket() {
		return this.reader.bucket();
	}

	private static Headers rollup() {
		return new Headers().put(NatsHeaders.ROLLUP, NatsHeaders.ROLLUP_SUBJECT);
	}

	@Override
	public void close() {
		this.chain.close();
		this.cleaner.close();
	}

}
