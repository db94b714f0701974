package io.hacluster.replication.nats;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.NUID;
import io.nats.client.Subscription;
import io.nats.client.api.PublishAck;
import io.nats.client.api.StreamInfo;
import io.nats.client.impl.Headers;
import io.nats.client.impl.NatsMessage;
import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.FencedException;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.replication.Fence;

/**
 * Closes the log to older leaders.
 * <p>
 * Every message of a leader says which stream sequence it expects to be the last one.
 * That alone does not fence: a stale leader has up to {@link #LENGTH} messages under way,
 * each expecting one sequence more, so that after n messages of ours its message n + 1
 * would fit. Therefore {@link #LENGTH} sequences are burnt in one contiguous chain; what
 * a stale leader expects lies behind the log then. The chain is tried again until it is
 * contiguous, and each time the fence is read first, after the sequence from which the
 * chain starts: so a newer fence is seen, or breaks the chain.
 * <p>
 * The last message is sealed: it tells followers that all before it is final. Servers
 * from 2.11 on also check each message of ours against the sequence of the sealed fence;
 * whether this one does is tried, not read off its version, and it is used on streams
 * with one replica only: with more, a server takes but one such message at a time.
 */
final class FenceBurn {

	/**
	 * How many messages a writer may have under way, and how many sequences a fence
	 * burns. Part of the protocol: leaders that fence one another must agree on it.
	 */
	static final int LENGTH = 64;

	private final Connection connection;

	private final BucketReader reader;

	private final Ticker ticker;

	private final NatsReplicaStoreSettings settings;

	private final int length;

	private final boolean probing;

	/**
	 * Creates a fence.
	 * @param length sequences to burn; anything below {@link #LENGTH} leaks and is for
	 * the tests that show it
	 * @param probing whether to try what servers from 2.11 on offer
	 */
	FenceBurn(Connection connection, BucketReader reader, Ticker ticker, NatsReplicaStoreSettings settings, int length,
			boolean probing) {
		this.connection = connection;
		this.reader = reader;
		this.ticker = ticker;
		this.settings = settings;
		this.length = length;
		this.probing = probing;
	}

	Sealed run(Epoch epoch, NodeIdentity leader) {
		String newLogId = UUID.randomUUID().toString();
		long deadline = this.ticker.nanoTime() + this.settings.fenceTimeout().toNanos();
		do {
			StreamInfo info = this.reader.requireInfo();
			long last = info.getStreamState().getLastSequence();
			Optional<BucketReader.StoredFence> current = this.reader.fence();
			current.ifPresent((fence) -> requireNotOvertaken(fence.record(), epoch, leader));
			FenceRecord record = FenceRecord.of(current.map((fence) -> fence.record().logId()).orElse(newLogId), epoch,
					leader);
			Sealed sealed = attempt(record, last, info.getConfiguration().getReplicas());
			if (sealed != null) {
				return sealed;
			}
		}
		while (this.ticker.nanoTime() - deadline < 0);
		throw new StoreUnavailableException(
				"The log could not be fenced within " + this.settings.fenceTimeout().toMillis()
						+ " ms: others keep writing to bucket '" + this.reader.bucket().name() + "'",
				null);
	}

	private static void requireNotOvertaken(FenceRecord current, Epoch epoch, NodeIdentity leader) {
		int order = current.epoch().compareTo(epoch);
		if (order > 0) {
			throw new FencedException("Epoch " + epoch + " comes too late: the log belongs to node '" + current.node()
					+ "' with epoch " + current.epoch());
		}
		if (order == 0 && !current.nonce().equals(leader.nonce())) {
			throw new FencedException(
					"Epoch " + epoch + " of the log belongs to another process (node '" + current.node() + "')");
		}
	}

	private @Nullable Sealed attempt(FenceRecord record, long last, int replicas) {
		String subject = this.reader.bucket().fence();
		if (!chain(subject, record.encode(), last, this.length)) {
			return null;
		}
		long at = last + this.length;
		boolean guarded = false;
		if (this.probing && replicas == 1) {
			Headers conditions = new Headers().put(NatsHeaders.EXPECTED_SUBJECT, subject)
				.put(NatsHeaders.EXPECTED_SUBJECT_SEQUENCE, "0");
			// an old server applies the condition to the probe's own, new subject: it
			// holds
			Answers probe = publish(this.reader.bucket().probe(NUID.nextGlobal()), new byte[0], at, 1, conditions);
			guarded = probe.accepted == 0;
			at += probe.accepted;
		}
		if (!chain(subject, record.seal().encode(), at, 1)) {
			return null;
		}
		return new Sealed(record.seal().at(at + 1), guarded);
	}

	private boolean chain(String subject, byte[] body, long last, int count) {
		return publish(subject, body, last, count,
				new Headers().put(NatsHeaders.ROLLUP, NatsHeaders.ROLLUP_SUBJECT)).accepted == count;
	}

	/**
	 * Publishes a chain and waits for every answer, so that nothing of it is under way
	 * any more when the next one begins.
	 */
	private Answers publish(String subject, byte[] body, long last, int count, Headers extra) {
		String inbox = this.connection.createInbox();
		Subscription replies = this.connection.subscribe(inbox);
		Answers answers = new Answers();
		try {
			for (int i = 0; i < count; i++) {
				Headers headers = new Headers(extra).put(NatsHeaders.EXPECTED_LAST_SEQUENCE, Long.toString(last + i));
				this.connection
					.publish(NatsMessage.builder().subject(subject).replyTo(inbox).headers(headers).data(body).build());
			}
			for (int i = 0; i < count; i++) {
				answers.take(replies.nextMessage(this.settings.appendTimeout()));
			}
			return answers;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new StoreUnavailableException("Interrupted while fencing the log", ex);
		}
		catch (IllegalStateException ex) {
			throw this.reader.unavailable("be fenced", new IOException("the connection was lost", ex));
		}
		finally {
			if (replies.isActive()) {
				replies.unsubscribe();
			}
		}
	}

	/**
	 * A fence that stands.
	 *
	 * @param fence the fence, at its sealed message
	 * @param guarded whether the server checks messages against that message
	 */
	record Sealed(Fence fence, boolean guarded) {
	}

	private final class Answers {

		private int accepted;

		void take(@Nullable Message reply) {
			try {
				if (reply == null) {
					Duration timeout = FenceBurn.this.settings.appendTimeout();
					throw new IOException("no acknowledgement within " + timeout.toMillis() + " ms");
				}
				if (reply.isStatusMessage()) {
					throw new IOException("JetStream does not answer (" + reply.getStatus().getMessageWithCode() + ")");
				}
				new PublishAck(reply);
				this.accepted++;
			}
			catch (JetStreamApiException ex) {
				if (!NatsFailures.isConflict(ex)) {
					throw FenceBurn.this.reader.unavailable("be fenced", ex);
				}
			}
			catch (IOException ex) {
				throw FenceBurn.this.reader.unavailable("be fenced", ex);
			}
		}

	}

}
