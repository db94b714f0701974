package io.hacluster.replication.nats;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Message;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.MessageInfo;
import io.nats.client.api.ObjectStoreConfiguration;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import io.nats.client.api.StreamInfoOptions;
import io.nats.client.api.Subject;
import io.nats.client.support.JsonValueUtils;

import io.hacluster.StoreUnavailableException;
import io.hacluster.replication.Fence;

/**
 * Asks a bucket for single things, always through its stream leader: a direct get may be
 * answered by a replica that is behind.
 */
final class BucketReader {

	private static final int STREAM_NOT_FOUND = 10059;

	private static final int STREAM_NAME_IN_USE = 10058;

	private static final int NO_MESSAGE_FOUND = 10037;

	private final NatsConnections connections;

	private final Bucket bucket;

	private final NatsReplicaStoreSettings settings;

	private final boolean creating;

	private volatile boolean verified;

	BucketReader(NatsConnections connections, Bucket bucket, NatsReplicaStoreSettings settings, boolean creating) {
		this.connections = connections;
		this.bucket = bucket;
		this.settings = settings;
		this.creating = creating;
	}

	Bucket bucket() {
		return this.bucket;
	}

	Connection connection() {
		return this.connections.reader();
	}

	/**
	 * Returns what the server has complained about lately.
	 */
	String lastError() {
		return this.connections.lastError();
	}

	JetStreamManagement management() throws IOException {
		return management(this.settings.requestTimeout());
	}

	/**
	 * Returns what is needed for requests that take a server long: those that look at
	 * every subject of the bucket.
	 */
	JetStreamManagement patientManagement() throws IOException {
		return management(this.settings.stallTimeout());
	}

	private JetStreamManagement management(Duration timeout) throws IOException {
		return connection().jetStreamManagement(JetStreamOptions.builder().requestTimeout(timeout).build());
	}

	/**
	 * Creates the bucket unless it is there, and refuses one whose settings would lose
	 * data or break the fence.
	 */
	void ensureBucket() {
		if (!this.verified) {
			StreamInfo info = this.creating ? info().orElseGet(this::createBucket) : requireInfo();
			requireSuitable(info.getConfiguration());
			this.verified = true;
		}
	}

	private StreamInfo createBucket() {
		try {
			connection().objectStoreManagement()
				.create(ObjectStoreConfiguration.builder(this.bucket.name())
					.storageType(StorageType.File)
					.replicas(this.settings.replicas())
					.maxBucketSize(this.settings.maxBytes())
					.build());
		}
		catch (JetStreamApiException ex) {
			if (ex.getApiErrorCode() != STREAM_NAME_IN_USE) {
				throw unavailable("be created", ex);
			}
		}
		catch (IOException ex) {
			throw unavailable("be created", ex);
		}
		return info().orElseThrow(() -> unavailable("be created", new IOException("it vanished at once")));
	}

	private void requireSuitable(StreamConfiguration config) {
		List<String> faults = new ArrayList<>();
		if (!config.getAllowRollup()) {
			faults.add("roll-ups are not allowed");
		}
		if (!config.getMaxAge().isZero()) {
			faults.add("it has a TTL");
		}
		if (config.getMaxMsgs() > 0 || config.getMaxMsgsPerSubject() > 0) {
			faults.add("it limits the number of messages");
		}
		if (config.getMaxBytes() > 0 && config.getDiscardPolicy() != DiscardPolicy.New) {
			faults.add("it discards old messages when full");
		}
		if (config.getMirror() != null || (config.getSources() != null && !config.getSources().isEmpty())) {
			faults.add("it mirrors or sources another stream");
		}
		if (config.getSealed() || config.getDenyDelete()) {
			faults.add("nothing can be written to or deleted from it");
		}
		if (!faults.isEmpty()) {
			throw new StoreUnavailableException(
					"Bucket '" + this.bucket.name() + "' cannot hold the log: " + String.join(", ", faults)
							+ ". Correct stream '" + this.bucket.stream() + "' or name another bucket",
					null);
		}
	}

	/**
	 * Reads the state of the stream, empty if there is none.
	 */
	Optional<StreamInfo> info() {
		try {
			return Optional.of(management().getStreamInfo(this.bucket.stream()));
		}
		catch (JetStreamApiException ex) {
			if (ex.getApiErrorCode() == STREAM_NOT_FOUND) {
				this.verified = false;
				return Optional.empty();
			}
			throw unavailable("be read", ex);
		}
		catch (IOException ex) {
			throw unavailable("be read", ex);
		}
	}

	StreamInfo requireInfo() {
		return info().orElseThrow(
				() -> new StoreUnavailableException("Bucket '" + this.bucket.name() + "' does not exist", null));
	}

	Optional<MessageInfo> last(String subject) {
		return get(JsonValueUtils.mapBuilder().put("last_by_subj", subject));
	}

	/**
	 * Reads the first message that exists at or after a sequence.
	 */
	Optional<MessageInfo> next(long sequence) {
		return next(this.bucket.everything(), sequence);
	}

	/**
	 * Reads the first message of a subject that exists at or after a sequence.
	 */
	Optional<MessageInfo> next(String subject, long sequence) {
		return get(JsonValueUtils.mapBuilder().put("seq", sequence).put("next_by_subj", subject));
	}

	private Optional<MessageInfo> get(JsonValueUtils.MapBuilder query) {
		String request = query.toJsonValue().toJson();
		Message reply = request("$JS.API.STREAM.MSG.GET." + this.bucket.stream(), request);
		MessageInfo info = new MessageInfo(reply, this.bucket.stream(), false);
		if (info.hasError()) {
			if (info.getApiErrorCode() == NO_MESSAGE_FOUND) {
				return Optional.empty();
			}
			if (info.getApiErrorCode() == STREAM_NOT_FOUND) {
				this.verified = false;
			}
			throw unavailable("be read", new IOException(info.getError()));
		}
		return Optional.of(info);
	}

	private Message request(String subject, String body) {
		try {
			Duration timeout = this.settings.requestTimeout();
			Message reply = connection().request(subject, body.getBytes(StandardCharsets.UTF_8), timeout);
			if (reply == null || reply.isStatusMessage()) {
				throw unavailable("be read", new IOException((reply == null)
						? "no answer within " + timeout.toMillis() + " ms" : "JetStream does not answer"));
			}
			return reply;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new StoreUnavailableException("Interrupted while reading bucket '" + this.bucket.name() + "'", ex);
		}
		catch (IllegalStateException ex) {
			throw unavailable("be read", new IOException(ex.getMessage(), ex));
		}
	}

	/**
	 * Counts the messages of each subject. The server answers in pages of 100,000, and
	 * the client joins them in the list alone: its map has the first page only.
	 */
	Map<String, Long> subjects(String filter) throws IOException, JetStreamApiException {
		return patientManagement().getStreamInfo(this.bucket.stream(), StreamInfoOptions.filterSubjects(filter))
			.getStreamState()
			.getSubjects()
			.stream()
			.collect(Collectors.toMap(Subject::getName, Subject::getCount, Math::max));
	}

	/**
	 * Reads the latest fence message, sealed or not.
	 */
	Optional<StoredFence> fence() {
		return last(this.bucket.fence()).map((message) -> {
			try {
				return new StoredFence(FenceRecord.decode(message.getData()), message.getSeq());
			}
			catch (IllegalArgumentException ex) {
				throw new StoreUnavailableException(
						"Bucket '" + this.bucket.name() + "' holds a damaged fence: " + ex.getMessage(), ex);
			}
		});
	}

	StoreUnavailableException unavailable(String what, Exception ex) {
		String reason = String.valueOf(ex.getMessage());
		if (ex instanceof JetStreamApiException api) {
			reason = NatsFailures.describe(api, this.bucket);
		}
		else if (reason.contains("503") || reason.contains("No Responders")) {
			reason = "JetStream does not answer; is it enabled on the server and for this account?";
		}
		return new StoreUnavailableException(
				"Bucket '" + this.bucket.name() + "' cannot " + what + ": " + reason + this.connections.lastError(),
				ex);
	}

	/**
	 * A fence message and where it stands.
	 *
	 * @param record its body
	 * @param sequence its stream sequence
	 */
	record StoredFence(FenceRecord record, long sequence) {

		Fence fence() {
			return this.record.at(this.sequence);
		}

	}

}
