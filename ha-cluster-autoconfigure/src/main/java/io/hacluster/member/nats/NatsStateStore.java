package io.hacluster.member.nats;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.nats.client.Message;
import io.nats.client.Options;
import io.nats.client.api.MessageInfo;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import org.jspecify.annotations.Nullable;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.member.StateConflictException;
import io.hacluster.member.StateKeys;
import io.hacluster.member.StateRecord;
import io.hacluster.member.StateStore;
import io.hacluster.nats.BucketRecords;
import io.hacluster.nats.StoreConnection;

/**
 * Records in a NATS key-value bucket of their own. A compare-and-set is one published
 * message with the expected sequence of its subject, so the revision of a record is its
 * sequence in the stream; reads are answered by the stream's leader. Thread-safe.
 */
public final class NatsStateStore implements StateStore {

	private static final int WRONG_LAST_SEQUENCE = 10071;

	/**
	 * The answer of a replicated stream while another write to the subject is under way.
	 */
	private static final int WRONG_LAST_SEQUENCE_CONCURRENT = 10164;

	private final NatsStateStoreSettings settings;

	private final StoreConnection connection;

	private final StateBucket bucket;

	private final BucketRecords records;

	private final StateWatch watch;

	private volatile boolean ready;

	/**
	 * Creates a store that connects when it is first used, or by {@link #connect()}.
	 * @param identity this process
	 * @param options makes the options of a connection: servers, credentials, TLS. The
	 * store sets what concerns reconnecting and listening itself.
	 * @param settings the bucket
	 */
	public NatsStateStore(NodeIdentity identity, Supplier<Options.Builder> options, NatsStateStoreSettings settings) {
		this(identity, options, settings, true);
	}

	private NatsStateStore(NodeIdentity identity, Supplier<Options.Builder> options, NatsStateStoreSettings settings,
			boolean creating) {
		this.settings = settings;
		this.watch = new StateWatch(identity, settings);
		this.connection = new StoreConnection(identity, options, settings.requestTimeout(),
				new StateConnectionPolicy(identity, this.watch::changed));
		this.bucket = new StateBucket(this.connection, settings, creating);
		this.records = new BucketRecords(this.connection, settings, this::reconnect);
	}

	/**
	 * Creates a store for somebody who only looks: a bucket that does not exist is an
	 * error and is not made.
	 * @param identity this process
	 * @param options makes the options of a connection
	 * @param settings the bucket
	 * @return the store
	 */
	public static NatsStateStore existing(NodeIdentity identity, Supplier<Options.Builder> options,
			NatsStateStoreSettings settings) {
		return new NatsStateStore(identity, options, settings, false);
	}

	/**
	 * Connects, and makes or checks the bucket. May be called again.
	 * @return this store
	 * @throws NatsStateStoreException if an operator has to do something about it
	 * @throws StoreUnavailableException if NATS does not answer in time
	 */
	public NatsStateStore connect() {
		this.bucket.ensure();
		this.ready = true;
		return this;
	}

	private void ensureReady() {
		if (!this.ready) {
			connect();
		}
	}

	@Override
	public Optional<StateRecord> read(String key) {
		MessageInfo last = last(key);
		return (last == null || BucketRecords.isDeleted(last)) ? Optional.empty()
				: Optional.of(new StateRecord(key, BucketRecords.value(last), last.getSeq()));
	}

	@Override
	public List<StateRecord> list(String prefix) {
		List<StateRecord> found = new ArrayList<>();
		String subject = this.settings.subject("");
		long from = 1;
		for (int i = 0; i < 2 * MAX_RECORDS && found.size() < MAX_RECORDS; i++) {
			ensureReady();
			MessageInfo next = this.records.get(
					"{\"seq\":" + from + ",\"next_by_subj\":\"" + this.settings.subject(prefix) + ">\"}", prefix + ">");
			if (next == null) {
				break;
			}
			String key = next.getSubject().substring(subject.length());
			if (!BucketRecords.isDeleted(next) && StateKeys.isKey(key)) {
				found.add(new StateRecord(key, BucketRecords.value(next), next.getSeq()));
			}
			from = next.getSeq() + 1;
		}
		return found;
	}

	private @Nullable MessageInfo last(String key) {
		StateKeys.check(key);
		ensureReady();
		return this.records.last(key);
	}

	/**
	 * The bucket has been deleted: makes it again, or there is no way out of it.
	 */
	private void reconnect() {
		this.ready = false;
		connect();
	}

	@Override
	public long create(String key, byte[] value) {
		try {
			return publish(key, value, 0);
		}
		catch (StateConflictException ex) {
			MessageInfo last = last(key);
			if (last != null && BucketRecords.isDeleted(last)) {
				// A marker that the record was deleted counts as the last message
				return publish(key, value, last.getSeq());
			}
			throw ex;
		}
	}

	@Override
	public long update(String key, byte[] value, long expectedRevision) {
		if (expectedRevision < 1) {
			throw new IllegalArgumentException("'expectedRevision' must be positive, but was " + expectedRevision);
		}
		return publish(key, value, expectedRevision);
	}

	private long publish(String key, byte[] value, long expectedRevision) {
		StateKeys.check(key);
		StateKeys.checkValue(value);
		ensureReady();
		Message answer = this.records.publish(key, value, expectedRevision);
		if (answer == null) {
			this.ready = false;
			throw this.records.unavailable("stores nothing in the bucket '" + this.settings.bucket()
					+ "' now: it was deleted, or has no leader");
		}
		JsonValue reply = this.records.parse(answer);
		JsonValue error = JsonValueUtils.readValue(reply, "error");
		if (error != null) {
			String description = String.valueOf(JsonValueUtils.readString(error, "description"));
			int code = JsonValueUtils.readInteger(error, "err_code", 0);
			if (code == WRONG_LAST_SEQUENCE || code == WRONG_LAST_SEQUENCE_CONCURRENT) {
				throw new StateConflictException("The record of '" + key + "' is not at the expected revision "
						+ expectedRevision + ": " + description);
			}
			throw this.records.unavailable("did not store '" + key + "': " + description);
		}
		return JsonValueUtils.readLong(reply, "seq", 0);
	}

	@Override
	public void remove(String key) {
		String query = "{\"filter\":\"" + this.settings.subject(StateKeys.check(key)) + "\"}";
		ensureReady();
		Message answer = this.connection.request("$JS.API.STREAM.PURGE." + this.settings.stream(), null,
				query.getBytes(StandardCharsets.UTF_8));
		if (answer == null) {
			throw this.records.unavailable("does not answer for the bucket '" + this.settings.bucket() + "'");
		}
		JsonValue error = JsonValueUtils.readValue(this.records.parse(answer), "error");
		if (error != null) {
			throw this.records
				.unavailable("did not remove '" + key + "': " + JsonValueUtils.readString(error, "description"));
		}
	}

	@Override
	public Watch watch(Consumer<String> changed) {
		return this.watch.add(this.connection, changed);
	}

	@Override
	public void close() {
		this.watch.close();
		this.connection.close();
	}

}
