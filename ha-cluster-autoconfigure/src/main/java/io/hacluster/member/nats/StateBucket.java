package io.hacluster.member.nats;

import java.util.ArrayList;
import java.util.List;

import io.nats.client.Message;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;

import io.hacluster.StoreUnavailableException;
import io.hacluster.member.StateStore;
import io.hacluster.member.nats.NatsStateStoreException.Reason;
import io.hacluster.nats.BucketStream;
import io.hacluster.nats.StoreConnection;

/**
 * The stream behind the bucket: made if it is absent, checked if it is there.
 */
final class StateBucket {

	private static final int HEADERS = 1024;

	private final StoreConnection connection;

	private final NatsStateStoreSettings settings;

	private final BucketStream stream;

	/**
	 * Creates a bucket.
	 * @param connection the connection to it
	 * @param settings the bucket
	 * @param creating whether to make it if it is absent
	 */
	StateBucket(StoreConnection connection, NatsStateStoreSettings settings, boolean creating) {
		this.connection = connection;
		this.settings = settings;
		this.stream = new BucketStream(connection, settings, "Members, history and control of an HA cluster",
				StateStore.MAX_BYTES + HEADERS, creating);
	}

	/**
	 * Makes or checks the bucket.
	 * @throws StoreUnavailableException if there is no bucket to work with
	 */
	void ensure() {
		StreamInfo info = this.stream.ensure(this::ask, () -> {
			// Any version of the server will do
		});
		check(info.getConfiguration());
	}

	private StreamInfo ask(String operation, byte[] body) {
		Message answer = this.stream.request(operation, body);
		if (answer == null) {
			throw new StoreUnavailableException(
					"JetStream is not enabled on NATS at " + this.connection.servers() + ", or has no leader now",
					null);
		}
		return new StreamInfo(answer);
	}

	private void check(StreamConfiguration found) {
		List<String> problems = new ArrayList<>();
		if (!found.getMaxAge().isZero()) {
			problems.add("it has a time to live of " + found.getMaxAge());
		}
		if (!found.getSubjects().contains(this.settings.subject(">"))) {
			problems.add("it does not store '" + this.settings.subject(">") + "'");
		}
		if (found.getMirror() != null || (found.getSources() != null && !found.getSources().isEmpty())) {
			problems.add("it is a copy of another stream");
		}
		if (found.getDenyPurge()) {
			problems.add("records cannot be removed from it");
		}
		if (!problems.isEmpty()) {
			throw new NatsStateStoreException(Reason.UNSUITABLE_BUCKET,
					"The key-value bucket '" + this.settings.bucket() + "' cannot hold the nodes' records: "
							+ String.join(", ", problems) + ". Delete it to have it made anew",
					null);
		}
	}

}
