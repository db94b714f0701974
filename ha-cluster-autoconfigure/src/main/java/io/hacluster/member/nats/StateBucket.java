package io.hacluster.member.nats;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import io.nats.client.Message;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;

import io.hacluster.StoreUnavailableException;
import io.hacluster.member.StateStore;
import io.hacluster.member.nats.NatsStateStoreException.Reason;
import io.hacluster.nats.StoreConnection;

/**
 * The stream behind the bucket: made if it is absent, checked if it is there.
 */
final class StateBucket {

	private static final int STREAM_NOT_FOUND = 10059;

	private static final int NAME_IN_USE = 10058;

	private static final int HEADERS = 1024;

	private final StoreConnection connection;

	private final NatsStateStoreSettings settings;

	private final boolean creating;

	/**
	 * Creates a bucket.
	 * @param connection the connection to it
	 * @param settings the bucket
	 * @param creating whether to make it if it is absent
	 */
	StateBucket(StoreConnection connection, NatsStateStoreSettings settings, boolean creating) {
		this.connection = connection;
		this.settings = settings;
		this.creating = creating;
	}

	/**
	 * Makes or checks the bucket.
	 * @throws StoreUnavailableException if there is no bucket to work with
	 */
	void ensure() {
		StreamInfo info = ask("INFO", new byte[0]);
		if (info.getApiErrorCode() == STREAM_NOT_FOUND && this.creating) {
			info = ask("CREATE", configuration().toJson().getBytes(StandardCharsets.UTF_8));
			if (info.getApiErrorCode() == NAME_IN_USE) {
				// Another node was faster, with other settings
				info = ask("INFO", new byte[0]);
			}
		}
		if (info.hasError()) {
			throw new StoreUnavailableException(
					"NATS at " + this.connection.servers() + " has no key-value bucket '" + this.settings.bucket()
							+ "': " + info.getDescription()
							+ (this.creating ? "" : ". No node of this cluster has run yet, or its name is another"),
					null);
		}
		check(info.getConfiguration());
	}

	private StreamInfo ask(String operation, byte[] body) {
		Message answer = this.connection.request("$JS.API.STREAM." + operation + "." + this.settings.stream(), null,
				body);
		if (answer == null) {
			throw new StoreUnavailableException(
					"JetStream is not enabled on NATS at " + this.connection.servers() + ", or has no leader now",
					null);
		}
		return new StreamInfo(answer);
	}

	private StreamConfiguration configuration() {
		return StreamConfiguration.builder()
			.name(this.settings.stream())
			.subjects(this.settings.subject(">"))
			.description("Members, history and control of an HA cluster")
			.retentionPolicy(RetentionPolicy.Limits)
			.discardPolicy(DiscardPolicy.New)
			.storageType(StorageType.File)
			.replicas(this.settings.replicas())
			.maxMessagesPerSubject(1)
			.maximumMessageSize(StateStore.MAX_BYTES + HEADERS)
			.allowRollup(true)
			.denyDelete(true)
			.allowDirect(false)
			.duplicateWindow(Duration.ofMinutes(2))
			.build();
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
