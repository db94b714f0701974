package io.hacluster.replication.nats;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

import io.nats.client.api.ObjectInfo;
import io.nats.client.impl.Headers;
import io.nats.client.support.JsonParseException;
import io.nats.client.support.JsonParser;
import io.nats.client.support.JsonValue;
import io.nats.client.support.JsonValueUtils;
import org.jspecify.annotations.Nullable;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ltx.LtxName;

/**
 * The description of an object in the bucket, as far as a log needs it. What others wrote
 * is taken as it is, but never trusted: names and ids are checked before they become part
 * of a subject.
 *
 * @param name the file
 * @param nuid id of its chunks
 * @param size bytes
 * @param chunks number of chunks
 * @param digest digest of its bytes, in the form of {@link #digest(MessageDigest)}
 * @param timestamp its time
 * @param deleted whether this is a delete marker
 */
record StoredObject(LtxName name, String nuid, long size, long chunks, String digest, Instant timestamp,
		boolean deleted) {

	/** UTC, RFC 3339, as many digits as needed: what Litestream writes. */
	private static final DateTimeFormatter TIMESTAMP = new DateTimeFormatterBuilder().appendInstant(-1).toFormatter();

	private static final Pattern NUID = Pattern.compile("[A-Za-z0-9]{1,64}");

	private static final String DIGEST_PREFIX = "SHA-256=";

	static final int CHUNK_BYTES = 128 * 1024;

	/** Far more than anybody writes; the parser's stack grows with each level. */
	private static final int MAX_BRACKETS = 256;

	byte[] encode(Bucket bucket) {
		ObjectInfo.Builder info = ObjectInfo.builder(bucket.name(), this.name.path())
			.chunkSize(CHUNK_BYTES)
			.nuid(this.nuid)
			.headers(new Headers().put(NatsHeaders.TIMESTAMP, TIMESTAMP.format(this.timestamp)));
		if (this.deleted) {
			info.deleted(true);
		}
		else {
			info.size(this.size).chunks(this.chunks).digest(this.digest);
		}
		return info.build().toJson().getBytes(StandardCharsets.UTF_8);
	}

	StoredObject deletion() {
		return new StoredObject(this.name, this.nuid, 0, 0, "", this.timestamp, true);
	}

	LogEntry at(long sequence) {
		return new LogEntry(this.name, this.size, this.timestamp, new LogOffset(sequence));
	}

	/**
	 * Reads a description.
	 * @param name the file that its subject names
	 * @param body the message
	 * @param stored when the server stored it, in place of a missing timestamp
	 * @return the description, empty if it is not one
	 */
	static Optional<StoredObject> decode(LtxName name, byte @Nullable [] body, ZonedDateTime stored) {
		if (body == null || brackets(body) > MAX_BRACKETS) {
			return Optional.empty();
		}
		try {
			JsonValue json = JsonParser.parse(body);
			String nuid = JsonValueUtils.readString(json, "nuid", "");
			String path = JsonValueUtils.readString(json, "name", "");
			long size = JsonValueUtils.readLong(json, "size", 0);
			long chunks = JsonValueUtils.readLong(json, "chunks", 0);
			if (!NUID.matcher(nuid).matches() || !path.equals(name.path()) || size < 0 || chunks < 0) {
				return Optional.empty();
			}
			return Optional.of(new StoredObject(name, nuid, size, chunks, JsonValueUtils.readString(json, "digest", ""),
					timestamp(json, stored), Boolean.TRUE.equals(JsonValueUtils.readBoolean(json, "deleted"))));
		}
		catch (JsonParseException | RuntimeException ex) {
			return Optional.empty();
		}
	}

	private static int brackets(byte[] body) {
		int count = 0;
		for (byte next : body) {
			count += (next == '{' || next == '[') ? 1 : 0;
		}
		return count;
	}

	private static Instant timestamp(JsonValue json, ZonedDateTime stored) {
		JsonValue headers = JsonValueUtils.readObject(json, "headers");
		for (String text : JsonValueUtils.readStringList(headers, NatsHeaders.TIMESTAMP)) {
			try {
				return Instant.parse(text);
			}
			catch (DateTimeException ex) {
				// not ours and not Litestream's
			}
		}
		return stored.toInstant();
	}

	static MessageDigest newDigest() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("Every JRE has SHA-256", ex);
		}
	}

	static String digest(MessageDigest digest) {
		return DIGEST_PREFIX + Base64.getUrlEncoder().encodeToString(digest.digest());
	}

	/**
	 * Whether bytes read are those described. An object without a digest, which the
	 * format allows, is checked by its size alone.
	 */
	boolean matches(long bytes, MessageDigest actual) {
		return bytes == this.size && (this.digest.isEmpty() || stripped(this.digest).equals(stripped(digest(actual))));
	}

	private static String stripped(String digest) {
		int end = digest.length();
		while (end > 0 && digest.charAt(end - 1) == '=') {
			end--;
		}
		return digest.substring(0, end);
	}

}
