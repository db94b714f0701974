package io.hacluster.nats;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.BiFunction;

import io.nats.client.Message;
import io.nats.client.api.DiscardPolicy;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.nats.client.api.StreamInfo;
import org.jspecify.annotations.Nullable;

import io.hacluster.StoreUnavailableException;

/**
 * The stream behind a bucket, made if it is absent. It keeps the latest record of each
 * key, forgets nothing by itself, and answers reads from its leader. Thread-safe.
 */
public final class BucketStream {

	private static final int STREAM_NOT_FOUND = 10059;

	private static final int NAME_IN_USE = 10058;

	private final StoreConnection connection;

	private final BucketSettings settings;

	private final String description;

	private final int maxMessageSize;

	private final boolean creating;

	/**
	 * Creates a stream.
	 * @param connection the connection to it
	 * @param settings the bucket
	 * @param description what is kept in it, for people
	 * @param maxMessageSize how large a record may be with its headers, in bytes
	 * @param creating whether to make it if it is absent
	 */
	public BucketStream(StoreConnection connection, BucketSettings settings, String description, int maxMessageSize,
			boolean creating) {
		this.connection = connection;
		this.settings = settings;
		this.description = description;
		this.maxMessageSize = maxMessageSize;
		this.creating = creating;
	}

	/**
	 * Finds the stream, or makes it.
	 * @param ask sends an operation with its body, as {@link #request} does, and reads
	 * the answer
	 * @param beforeCreation called before the stream is made, may refuse to
	 * @return the stream as it is
	 * @throws StoreUnavailableException if there is no stream to work with
	 */
	public StreamInfo ensure(BiFunction<String, byte[], StreamInfo> ask, Runnable beforeCreation) {
		StreamInfo info = ask.apply("INFO", new byte[0]);
		if (info.getApiErrorCode() == STREAM_NOT_FOUND && this.creating) {
			beforeCreation.run();
			info = ask.apply("CREATE", configuration().toJson().getBytes(StandardCharsets.UTF_8));
			if (info.getApiErrorCode() == NAME_IN_USE) {
				// Another node was faster, with other settings
				info = ask.apply("INFO", new byte[0]);
			}
		}
		if (info.hasError()) {
			throw new StoreUnavailableException(
					"NATS at " + this.connection.servers() + " has no key-value bucket '" + this.settings.bucket()
							+ "': " + info.getDescription()
							+ (this.creating ? "" : ". No node of this cluster has run yet, or its name is another"),
					null);
		}
		return info;
	}

	/**
	 * Sends an operation on the stream and waits for the answer.
	 * @param operation the operation, as in the subjects of the JetStream API
	 * @param body what is sent with it
	 * @return the answer, null if nobody is there to answer
	 * @throws StoreUnavailableException if there is no answer in time
	 */
	public @Nullable Message request(String operation, byte[] body) {
		return this.connection.request("$JS.API.STREAM." + operation + "." + this.settings.stream(), null, body);
	}

	/**
	 * The leases are safe with these settings only, which do no harm to other records.
	 */
	private StreamConfiguration configuration() {
		return StreamConfiguration.builder()
			.name(this.settings.stream())
			.subjects(this.settings.subject(">"))
			.description(this.description)
			.retentionPolicy(RetentionPolicy.Limits)
			.discardPolicy(DiscardPolicy.New)
			.storageType(StorageType.File)
			.replicas(this.settings.replicas())
			.maxMessagesPerSubject(1)
			.maximumMessageSize(this.maxMessageSize)
			.allowRollup(true)
			.denyDelete(true)
			.allowDirect(false)
			.duplicateWindow(Duration.ofMinutes(2))
			.build();
	}

}
