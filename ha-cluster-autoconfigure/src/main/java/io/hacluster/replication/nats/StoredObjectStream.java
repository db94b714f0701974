package io.hacluster.replication.nats;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import org.jspecify.annotations.Nullable;

import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.replication.DamagedFileException;

/**
 * Reads the chunks of an object as they come. There is no time limit for the whole
 * (Litestream #25: 5 s), but one for the wait between two chunks; a lost connection is
 * taken up again after the last chunk. At the end, size and digest must be those of the
 * description.
 */
final class StoredObjectStream extends InputStream {

	private final BucketReader reader;

	private final Ticker ticker;

	private final long stallNanos;

	private final StoredObject object;

	private final MessageDigest digest = StoredObject.newDigest();

	private @Nullable OrderedFeed feed;

	private byte[] chunk = new byte[0];

	private int position;

	private long chunks;

	private long bytes;

	private long lastSequence;

	private boolean complete;

	StoredObjectStream(BucketReader reader, Ticker ticker, long stallNanos, StoredObject object) {
		this.reader = reader;
		this.ticker = ticker;
		this.stallNanos = stallNanos;
		this.object = object;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] buffer, int offset, int length) throws IOException {
		if (length == 0) {
			return 0;
		}
		while (this.position == this.chunk.length) {
			if (this.chunks == this.object.chunks()) {
				requireSound();
				return -1;
			}
			take(nextChunk());
		}
		int n = Math.min(length, this.chunk.length - this.position);
		System.arraycopy(this.chunk, this.position, buffer, offset, n);
		this.position += n;
		return n;
	}

	@Override
	public int available() {
		return this.chunk.length - this.position;
	}

	private void take(byte[] data) throws IOException {
		this.chunk = data;
		this.position = 0;
		this.chunks++;
		this.bytes += data.length;
		this.digest.update(data);
		if (this.bytes > this.object.size()) {
			throw new DamagedFileException(
					this.object.name() + " is longer than the " + this.object.size() + " bytes it is said to have");
		}
	}

	private void requireSound() throws IOException {
		if (!this.complete) {
			closeFeed();
			if (!this.object.matches(this.bytes, this.digest)) {
				throw new DamagedFileException(
						this.object.name() + " is damaged in the store: size or digest is wrong");
			}
			this.complete = true;
		}
	}

	private byte[] nextChunk() throws IOException {
		if (this.object.chunks() == 1) {
			return onlyChunk();
		}
		long deadline = this.ticker.nanoTime() + this.stallNanos;
		String reason = "";
		while (this.ticker.nanoTime() - deadline < 0) {
			try {
				Message message = feed().next();
				if (message != null) {
					this.lastSequence = message.metaData().streamSequence();
					byte[] data = message.getData();
					return (data != null) ? data : new byte[0];
				}
				if (feed().isIdle()) {
					requireMore();
					closeFeed();
					reason = ": chunks are missing";
				}
			}
			catch (FileNotFoundException | DamagedFileException ex) {
				throw ex;
			}
			catch (IOException | StoreUnavailableException ex) {
				closeFeed();
				reason = ": " + ex.getMessage();
				pause();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				throw new InterruptedIOException("Interrupted while reading " + this.object.name());
			}
		}
		throw new IOException("Reading " + this.object.name() + " has stalled" + reason);
	}

	private byte[] onlyChunk() throws IOException {
		try {
			Optional<MessageInfo> message = this.reader.last(this.reader.bucket().chunks(this.object.nuid()));
			byte[] data = message.map(MessageInfo::getData).orElse(null);
			if (data == null || (data.length == 0 && this.object.size() > 0)) {
				throw missing();
			}
			return data;
		}
		catch (StoreUnavailableException ex) {
			throw new IOException(ex.getMessage(), ex);
		}
	}

	private OrderedFeed feed() throws IOException {
		if (this.feed == null) {
			try {
				this.feed = OrderedFeed.from(this.reader, this.ticker, this.reader.bucket().chunks(this.object.nuid()),
						this.lastSequence + 1);
			}
			catch (JetStreamApiException ex) {
				throw new IOException(NatsFailures.describe(ex, this.reader.bucket()), ex);
			}
		}
		return this.feed;
	}

	/**
	 * The consumer has nothing more although chunks are missing. It may live on a server
	 * that is behind: the leader of the stream knows.
	 */
	private void requireMore() throws IOException {
		String subject = this.reader.bucket().chunks(this.object.nuid());
		if (this.reader.next(subject, this.lastSequence + 1).isEmpty()) {
			throw missing();
		}
	}

	/**
	 * Says why chunks are missing: normally because the file has been retired or
	 * replaced. Its description goes before its chunks do, so that one which still stands
	 * promises what nobody has.
	 */
	private IOException missing() {
		Optional<MessageInfo> meta = this.reader.last(this.reader.bucket().meta(this.object.name()));
		Optional<StoredObject> stored = meta
			.flatMap((message) -> StoredObject.decode(this.object.name(), message.getData(), message.getTime()));
		if (stored.isEmpty() || !stored.get().nuid().equals(this.object.nuid()) || stored.get().deleted()) {
			return new FileNotFoundException(this.object.name() + " has been retired");
		}
		return new DamagedFileException(this.object.name() + " is damaged in the store: chunks are missing");
	}

	private void pause() throws InterruptedIOException {
		try {
			TimeUnit.MILLISECONDS.sleep(100);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new InterruptedIOException("Interrupted while reading " + this.object.name());
		}
	}

	private void closeFeed() {
		OrderedFeed feed = this.feed;
		this.feed = null;
		if (feed != null) {
			feed.close();
		}
	}

	@Override
	public void close() {
		closeFeed();
	}

}
