package io.hacluster.election.nats;

import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.nats.client.Message;
import io.nats.client.Options;
import io.nats.client.api.MessageInfo;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import org.jspecify.annotations.Nullable;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.election.InvalidLeaseRecordException;
import io.hacluster.election.Lease;
import io.hacluster.election.LeaseCodec;
import io.hacluster.election.LeaseConflictException;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.VersionedLease;
import io.hacluster.nats.BucketRecords;
import io.hacluster.nats.StoreConnection;

/**
 * Leases in a NATS key-value bucket, one key for each lease. A compare-and-set is one
 * published message with the expected sequence of its subject, so the revision of a
 * record is its sequence in the stream; reads are answered by the stream's leader.
 * Thread-safe.
 */
public final class NatsLeaseStore implements LeaseStore {

	private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)*");

	private static final int WRONG_LAST_SEQUENCE = 10071;

	private static final Pattern ACTUAL_SEQUENCE = Pattern.compile(": (\\d+)$");

	private final NatsLeaseStoreSettings settings;

	private final StoreConnection connection;

	private final LeaseBucket bucket;

	private final BucketRecords records;

	private final LeaseWatch watch;

	private volatile boolean ready;

	/**
	 * Creates a store that connects when it is first used, or by {@link #connect()}.
	 * @param identity this process
	 * @param options makes the options of a connection: servers, credentials, TLS. The
	 * store sets what concerns reconnecting and listening itself.
	 * @param settings the bucket
	 */
	public NatsLeaseStore(NodeIdentity identity, Supplier<Options.Builder> options, NatsLeaseStoreSettings settings) {
		this(identity, options, settings, true);
	}

	private NatsLeaseStore(NodeIdentity identity, Supplier<Options.Builder> options, NatsLeaseStoreSettings settings,
			boolean creating) {
		this.settings = settings;
		this.watch = new LeaseWatch(identity, settings);
		this.connection = new StoreConnection(identity, options, settings.requestTimeout(),
				new LeaseConnectionPolicy(identity, this.watch::changed));
		this.bucket = new LeaseBucket(this.connection, settings, creating);
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
	public static NatsLeaseStore existing(NodeIdentity identity, Supplier<Options.Builder> options,
			NatsLeaseStoreSettings settings) {
		return new NatsLeaseStore(identity, options, settings, false);
	}

	/**
	 * Connects, and makes or checks the bucket. May be called again.
	 * @return this store
	 * @throws NatsLeaseStoreException if an operator has to do something about it
	 * @throws StoreUnavailableException if NATS does not answer in time
	 */
	public NatsLeaseStore connect() {
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
	public Optional<VersionedLease> read(String key) {
		MessageInfo last = last(key);
		if (last == null || BucketRecords.isDeleted(last)) {
			return Optional.empty();
		}
		try {
			return Optional.of(new VersionedLease(LeaseCodec.decode(BucketRecords.value(last)), last.getSeq()));
		}
		catch (InvalidLeaseRecordException ex) {
			throw new InvalidLeaseRecordException(
					"The record under the key '" + key + "' in the bucket '" + this.settings.bucket()
							+ "' is not a lease: " + ex.getMessage() + ". Purge this key to start over.");
		}
	}

	@Override
	public SortedSet<String> keys() {
		ensureReady();
		SortedSet<String> keys = new TreeSet<>();
		for (String key : this.bucket.keys()) {
			if (KEY.matcher(key).matches() && read(key).isPresent()) {
				keys.add(key);
			}
		}
		return keys;
	}

	private @Nullable MessageInfo last(String key) {
		checkKey(key);
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
	public VersionedLease create(String key, Lease lease) {
		try {
			return publish(key, lease, 0);
		}
		catch (LeaseConflictException ex) {
			MessageInfo last = last(key);
			if (last != null && BucketRecords.isDeleted(last)) {
				// A marker that the record was deleted counts as the last message
				return publish(key, lease, last.getSeq());
			}
			throw ex;
		}
	}

	@Override
	public VersionedLease update(String key, Lease lease, long expectedRevision) {
		if (expectedRevision < 1) {
			throw new IllegalArgumentException("'expectedRevision' must be positive, but was " + expectedRevision);
		}
		return publish(key, lease, expectedRevision);
	}

	private VersionedLease publish(String key, Lease lease, long expectedRevision) {
		checkKey(key);
		ensureReady();
		Message answer = this.records.publish(key, LeaseCodec.encode(lease), expectedRevision);
		if (answer == null) {
			throw this.records.unavailable("stores nothing in the bucket '" + this.settings.bucket()
					+ "' now: it was deleted, or has no leader");
		}
		JsonValue reply = this.records.parse(answer);
		JsonValue error = JsonValueUtils.readValue(reply, "error");
		if (error != null) {
			throw refused(key, expectedRevision, JsonValueUtils.readInteger(error, "err_code", 0),
					String.valueOf(JsonValueUtils.readString(error, "description")));
		}
		if (!this.settings.stream().equals(JsonValueUtils.readString(reply, "stream"))) {
			throw this.records.unavailable(
					"stored '" + key + "' in another stream than that of the bucket '" + this.settings.bucket() + "'");
		}
		return new VersionedLease(lease, JsonValueUtils.readLong(reply, "seq", 0));
	}

	private RuntimeException refused(String key, long expectedRevision, int code, String description) {
		if (code == WRONG_LAST_SEQUENCE) {
			Matcher actual = ACTUAL_SEQUENCE.matcher(description);
			// Replicated streams may refuse the right sequence while a write is under way
			if (!actual.find() || Long.parseLong(actual.group(1)) != expectedRevision) {
				return new LeaseConflictException("The record of '" + key + "' is not at the expected revision "
						+ expectedRevision + ": " + description);
			}
		}
		return this.records.unavailable("did not store '" + key + "': " + description);
	}

	@Override
	public Watch watch(String key, Runnable changed) {
		checkKey(key);
		return this.watch.add(this.connection, key, changed);
	}

	@Override
	public void close() {
		this.watch.close();
		this.connection.close();
	}

	private static void checkKey(String key) {
		if (key.length() > 100 || !KEY.matcher(key).matches()) {
			throw new IllegalArgumentException(
					"'key' must be letters, digits, '.', '-' and '_', but was '" + key + "'");
		}
	}

}
