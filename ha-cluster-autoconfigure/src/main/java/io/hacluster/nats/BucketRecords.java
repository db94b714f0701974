package io.hacluster.nats;

import java.nio.charset.StandardCharsets;

import io.nats.client.Message;
import io.nats.client.api.MessageInfo;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import org.jspecify.annotations.Nullable;

import io.hacluster.StoreUnavailableException;

/**
 * Reads and writes the records of a bucket by requests of its own, not through the
 * client's key-value API, whose compare-and-set waits two seconds whatever is configured.
 * The revision of a record is its sequence in the stream. Thread-safe.
 */
public final class BucketRecords {

	private static final String EXPECTED_SEQUENCE = "Nats-Expected-Last-Subject-Sequence";

	private static final String OPERATION = "KV-Operation";

	private static final int MESSAGE_NOT_FOUND = 10037;

	private static final int STREAM_NOT_FOUND = 10059;

	private final StoreConnection connection;

	private final BucketSettings settings;

	private final Runnable vanished;

	/**
	 * Creates the records of a bucket.
	 * @param connection the connection to it
	 * @param settings the bucket
	 * @param vanished called by whoever reads when the bucket has been deleted; what it
	 * throws is thrown by the read
	 */
	public BucketRecords(StoreConnection connection, BucketSettings settings, Runnable vanished) {
		this.connection = connection;
		this.settings = settings;
		this.vanished = vanished;
	}

	/**
	 * Reads the last message of a key, from the leader of the stream.
	 * @param key the key
	 * @return the message, which may be a {@link #isDeleted marker}; null if there is
	 * none
	 * @throws StoreUnavailableException if it cannot be read now
	 */
	public @Nullable MessageInfo last(String key) {
		return get("{\"last_by_subj\":\"" + this.settings.subject(key) + "\"}", key);
	}

	/**
	 * Reads a message, from the leader of the stream.
	 * @param query the request of the JetStream API
	 * @param what what is asked for, for people
	 * @return the message, which may be a {@link #isDeleted marker}; null if there is
	 * none
	 * @throws StoreUnavailableException if it cannot be read now
	 */
	public @Nullable MessageInfo get(String query, String what) {
		Message answer = this.connection.request("$JS.API.STREAM.MSG.GET." + this.settings.stream(), null,
				query.getBytes(StandardCharsets.UTF_8));
		if (answer == null) {
			throw unavailable("does not answer for the bucket '" + this.settings.bucket() + "'");
		}
		MessageInfo info = new MessageInfo(answer, this.settings.stream(), false);
		if (info.getApiErrorCode() == MESSAGE_NOT_FOUND) {
			return null;
		}
		if (info.getApiErrorCode() == STREAM_NOT_FOUND) {
			this.vanished.run();
			return null;
		}
		if (info.hasError()) {
			throw unavailable("cannot read '" + what + "': " + info.getDescription());
		}
		return info;
	}

	/**
	 * Returns whether a message says that its record was deleted.
	 * @param info the message
	 * @return whether it does
	 */
	public static boolean isDeleted(MessageInfo info) {
		return info.getHeaders() != null && info.getHeaders().containsKey(OPERATION);
	}

	/**
	 * Returns the record in a message.
	 * @param info the message
	 * @return its bytes, none if it has none
	 */
	public static byte[] value(MessageInfo info) {
		byte[] data = info.getData();
		return (data != null) ? data : new byte[0];
	}

	/**
	 * Sends a record that is to be stored if its key is at the expected revision.
	 * @param key the key
	 * @param value the record
	 * @param expectedRevision the sequence of the key's last message, zero if it must
	 * have none
	 * @return the answer to {@link #parse}; null if the stream was deleted, or has no
	 * leader
	 * @throws StoreUnavailableException if there is no answer in time
	 */
	public @Nullable Message publish(String key, byte[] value, long expectedRevision) {
		Headers headers = new Headers().add(EXPECTED_SEQUENCE, Long.toString(expectedRevision));
		return this.connection.request(this.settings.subject(key), headers, value);
	}

	/**
	 * Reads an answer.
	 * @param answer the answer
	 * @return its fields
	 * @throws StoreUnavailableException if it is not JSON
	 */
	public JsonValue parse(Message answer) {
		try {
			return JsonParser.parse(answer.getData());
		}
		catch (JsonParseException ex) {
			throw new StoreUnavailableException(
					"NATS at " + this.connection.servers() + " sent an answer that cannot be read", ex);
		}
	}

	/**
	 * Makes the exception for something that NATS did not do.
	 * @param problem what it was, as the end of a sentence
	 * @return the exception
	 */
	public StoreUnavailableException unavailable(String problem) {
		return new StoreUnavailableException("NATS at " + this.connection.servers() + " " + problem, null);
	}

}
