package io.hacluster.replication.nats;

import java.io.IOException;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.StreamInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.replication.LogObserver;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicaStore.LogTail;
import io.hacluster.replication.TailThread;

/**
 * Follows a bucket from a stream sequence on, over one feed after the other.
 */
final class NatsTail implements LogTail {

	private static final Logger logger = LoggerFactory.getLogger(NatsTail.class);

	private static final long RETRY_MILLIS = 200;

	private static final long REACHED_NANOS = TimeUnit.SECONDS.toNanos(1);

	private static final long VERIFY_NANOS = TimeUnit.SECONDS.toNanos(2);

	private final BucketReader reader;

	private final Ticker ticker;

	private final NodeIdentity node;

	private final LogObserver observer;

	private final FileAssembler assembler;

	private final Consumer<LogTail> onClose;

	private final TailThread thread;

	/** The last sequence that has been dealt with. */
	private long position;

	private @Nullable ZonedDateTime created;

	private boolean interrupted;

	private long lastReached;

	private long lastVerified;

	NatsTail(BucketReader reader, Ticker ticker, NodeIdentity node, LogOffset after, LogObserver observer,
			FileAssembler assembler, Consumer<LogTail> onClose) {
		this.reader = reader;
		this.ticker = ticker;
		this.node = node;
		this.observer = observer;
		this.assembler = assembler;
		this.onClose = onClose;
		this.position = after.value();
		this.thread = new TailThread(this::run, node);
	}

	void start() {
		this.thread.start();
	}

	private void run() {
		try {
			while (!this.thread.isClosed()) {
				try {
					follow();
				}
				catch (BrokenLogException ex) {
					if (!this.thread.isClosed()) {
						this.observer.broken(String.valueOf(ex.getMessage()));
					}
					return;
				}
				catch (FeedGapException ex) {
					logger.debug("[{}] The tail takes up again after {}", this.node, this.position, ex);
				}
				catch (JetStreamApiException ex) {
					interrupted(NatsFailures.describe(ex, this.reader.bucket()));
				}
				catch (IOException | StoreUnavailableException ex) {
					interrupted(String.valueOf(ex.getMessage()));
				}
			}
		}
		catch (InterruptedException ex) {
			// closed
		}
		catch (RuntimeException ex) {
			if (!this.thread.isClosed()) {
				logger.error("[{}] The tail of the log has failed", this.node, ex);
				this.observer.broken("The tail has failed: " + ex);
			}
		}
		finally {
			this.assembler.clear();
		}
	}

	private void follow() throws IOException, JetStreamApiException, InterruptedException, BrokenLogException {
		requireSameLog();
		try (OrderedFeed feed = OrderedFeed.everything(this.reader, this.ticker, this.position + 1)) {
			if (feed.initiallyPending() == 0) {
				reached();
			}
			while (!this.thread.isClosed()) {
				Message message = feed.next();
				requireNothingSkipped((message != null) ? feed.streamSequence() - 1 : feed.streamSequence());
				if (message != null) {
					this.assembler.take(message);
					this.position = feed.streamSequence();
				}
				if (message == null && this.ticker.nanoTime() - this.lastVerified > VERIFY_NANOS) {
					// A feed does not say that the log has been purged
					requireSameLog();
				}
				if (feed.isIdle() && (message != null || this.ticker.nanoTime() - this.lastReached > REACHED_NANOS)) {
					reached();
				}
			}
		}
	}

	/**
	 * Moves on to a place up to which the server says it has nothing for us. What was
	 * retired leaves holes, but server 2.9 also jumps over messages that a feed has not
	 * delivered yet when somebody else's are purged; so each hole is looked into.
	 */
	private void requireNothingSkipped(long through) throws IOException {
		if (through > this.position) {
			Optional<MessageInfo> next = this.reader.next(this.position + 1);
			if (next.isPresent() && next.get().getSeq() <= through) {
				throw new FeedGapException("The server skipped messages from " + next.get().getSeq() + " on");
			}
			this.position = through;
		}
	}

	/**
	 * A stream that ends before our place, or was created anew, is not the one we have
	 * followed. A hole at our place is no sign of anything: what is retired leaves holes,
	 * and whether transactions are missing the observer sees by their numbers.
	 */
	private void requireSameLog() throws BrokenLogException {
		if (this.position == 0) {
			this.reader.ensureBucket();
		}
		Optional<StreamInfo> info = this.reader.info();
		if (info.isEmpty()) {
			throw new BrokenLogException(
					"The log has been deleted: bucket '" + this.reader.bucket().name() + "' does not exist any more");
		}
		ZonedDateTime created = info.get().getCreateTime();
		if (this.created != null && !this.created.isEqual(created)) {
			throw new BrokenLogException("The log has been deleted and created anew");
		}
		this.created = created;
		this.lastVerified = this.ticker.nanoTime();
		if (this.position > 0 && info.get().getStreamState().getMsgCount() == 0) {
			throw new BrokenLogException("The log has been wiped: it is empty");
		}
		long end = info.get().getStreamState().getLastSequence();
		if (end < this.position) {
			throw new BrokenLogException("The log has been wiped or restored from an older copy: it ends at " + end
					+ ", before " + this.position);
		}
	}

	private void reached() {
		this.lastReached = this.ticker.nanoTime();
		this.interrupted = false;
		if (!this.thread.isClosed()) {
			this.observer.reached(new LogOffset(this.position));
		}
	}

	private void interrupted(String reason) throws InterruptedException {
		if (this.thread.isClosed()) {
			return;
		}
		if (!this.interrupted) {
			this.interrupted = true;
			this.observer.interrupted(reason);
		}
		this.thread.pause(RETRY_MILLIS);
	}

	@Override
	public void close() {
		this.onClose.accept(this);
		this.thread.close();
	}

	private static final class BrokenLogException extends Exception {

		private static final long serialVersionUID = 1L;

		BrokenLogException(String message) {
			super(message);
		}

	}

}
