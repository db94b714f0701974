package io.hacluster.replication.nats;

import java.io.IOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.PurgeOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.replication.LogOffset;

/**
 * Removes messages that no object refers to any more. Neither a purge nor the deletion of
 * a message can be fenced; so it is done only to what the log itself has superseded, and
 * does no harm however late it is done. What cannot be removed costs space alone.
 */
final class BucketCleaner implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(BucketCleaner.class);

	private static final long CLOSE_SECONDS = 5;

	private final BucketReader reader;

	private final NodeIdentity node;

	private final Ticker ticker;

	private final LogOffset fence;

	private final AtomicBoolean swept = new AtomicBoolean();

	private final ExecutorService executor;

	BucketCleaner(BucketReader reader, NodeIdentity node, Ticker ticker, LogOffset fence) {
		this.reader = reader;
		this.node = node;
		this.ticker = ticker;
		this.fence = fence;
		this.executor = Executors.newSingleThreadExecutor((task) -> {
			Thread thread = new Thread(task, "ha-clean-" + node.cluster());
			thread.setDaemon(true);
			return thread;
		});
	}

	/**
	 * Purges chunks in the background.
	 */
	void purgeChunks(String nuid) {
		inBackground(() -> purge(this.reader.bucket().chunks(nuid)));
	}

	private void purge(String subject) {
		quietly("purge " + subject,
				(management) -> management.purgeStream(this.reader.bucket().stream(), PurgeOptions.subject(subject)));
	}

	/**
	 * Removes the messages of a subject up to a sequence, waiting for it.
	 */
	void purgeThrough(String subject, long sequence) {
		quietly("purge " + subject, (management) -> management.purgeStream(this.reader.bucket().stream(),
				PurgeOptions.builder().subject(subject).sequence(sequence + 1).build()));
	}

	/**
	 * Removes in the background, once in the life of a writer, what dead leaders have
	 * left before its fence. It reads the whole bucket: not the thing to do during a
	 * takeover, but well in time when files begin to be retired.
	 */
	void sweepOnce() {
		if (this.swept.compareAndSet(false, true)) {
			inBackground(this::sweep);
		}
	}

	private void sweep() {
		try {
			new OrphanSweep(this.reader, this, this.ticker, this.fence).run();
		}
		catch (IOException | JetStreamApiException | HaClusterException ex) {
			logger.debug("[{}] Could not sweep the bucket", this.node, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Deletes messages, waiting for it.
	 */
	void delete(long... sequences) {
		for (long sequence : sequences) {
			quietly("delete message " + sequence,
					(management) -> management.deleteMessage(this.reader.bucket().stream(), sequence, false));
		}
	}

	private void inBackground(Runnable task) {
		try {
			this.executor.execute(task);
		}
		catch (RejectedExecutionException ex) {
			logger.debug("[{}] Not cleaned up, since the writer is closed", this.node);
		}
	}

	private void quietly(String what, Removal removal) {
		try {
			removal.run(this.reader.management());
		}
		catch (IOException | JetStreamApiException | HaClusterException ex) {
			logger.debug("[{}] Could not {}", this.node, what, ex);
		}
	}

	@Override
	public void close() {
		this.executor.shutdownNow();
		try {
			this.executor.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@FunctionalInterface
	private interface Removal {

		void run(JetStreamManagement management) throws IOException, JetStreamApiException;

	}

}
