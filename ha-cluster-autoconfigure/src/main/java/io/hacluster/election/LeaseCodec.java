package io.hacluster.election;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.json.JsonReader;
import io.hacluster.json.JsonWriter;

/**
 * The stored form of a {@link Lease}: one JSON object in UTF-8, readable with any tool,
 * of at most {@value #MAX_BYTES} bytes. Decoding trusts nothing: each field is checked,
 * and what is not a lease is refused with one exception. Fields that this version does
 * not know are skipped, so that nodes of two versions can share a cluster. Thread-safe.
 */
public final class LeaseCodec {

	/**
	 * The greatest size of a record in bytes.
	 */
	public static final int MAX_BYTES = 4096;

	/**
	 * The longest lease duration that a record may carry.
	 */
	public static final Duration MAX_DURATION = Duration.ofHours(1);

	private static final long VERSION = 1;

	private static final int MAX_ADDRESS_LENGTH = 255;

	private static final Pattern NONCE = Pattern.compile("[A-Za-z0-9-]{1,64}");

	private LeaseCodec() {
	}

	/**
	 * Encodes a lease.
	 * @param lease the lease
	 * @return the record
	 * @throws InvalidLeaseRecordException if a field is outside of what can be decoded
	 */
	public static byte[] encode(Lease lease) {
		check(lease);
		Map<String, Object> json = new LinkedHashMap<>();
		json.put("v", VERSION);
		json.put("holder", lease.holder().value());
		json.put("nonce", lease.nonce());
		json.put("epoch", lease.epoch().value());
		json.put("state", lease.state().name());
		json.put("address", lease.address());
		json.put("durationMs", lease.duration().toMillis());
		return JsonWriter.write(json).getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Decodes a record.
	 * @param record what the store returned
	 * @return the lease
	 * @throws InvalidLeaseRecordException if the bytes are not a lease record
	 */
	public static Lease decode(byte[] record) {
		if (record.length > MAX_BYTES) {
			throw new InvalidLeaseRecordException(
					"A lease record has at most " + MAX_BYTES + " bytes, but this one has " + record.length);
		}
		try {
			Fields fields = new Fields(JsonReader.object(text(record)));
			long version = fields.number("v", VERSION, VERSION);
			assert version == VERSION;
			Lease lease = new Lease(new NodeId(fields.string("holder")), fields.string("nonce"),
					new Epoch(fields.number("epoch", 0, Long.MAX_VALUE - 1)), state(fields.string("state")),
					fields.string("address"),
					Duration.ofMillis(fields.number("durationMs", 1, MAX_DURATION.toMillis())));
			check(lease);
			return lease;
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidLeaseRecordException("Not a lease record: " + ex.getMessage());
		}
	}

	private static String text(byte[] record) {
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(record)).toString();
		}
		catch (CharacterCodingException ex) {
			throw new IllegalArgumentException("not UTF-8");
		}
	}

	private static Lease.State state(String name) {
		return switch (name) {
			case "HELD" -> Lease.State.HELD;
			case "RELEASED" -> Lease.State.RELEASED;
			default -> throw new IllegalArgumentException("'state' is neither HELD nor RELEASED");
		};
	}

	private static void check(Lease lease) {
		if (!NONCE.matcher(lease.nonce()).matches()) {
			throw new InvalidLeaseRecordException("The nonce of a lease must be 1 to 64 letters, digits or hyphens");
		}
		if (!isAddress(lease.address())) {
			throw new InvalidLeaseRecordException("The address of a lease must have at most " + MAX_ADDRESS_LENGTH
					+ " characters, and no control characters");
		}
		if (lease.duration().toMillis() < 1 || lease.duration().compareTo(MAX_DURATION) > 0) {
			throw new InvalidLeaseRecordException(
					"The duration of a lease must be 1 ms to 1 h, but was " + lease.duration());
		}
	}

	static boolean isAddress(String address) {
		return address.length() <= MAX_ADDRESS_LENGTH && address.chars()
			.noneMatch((character) -> Character.isISOControl(character) || Character.isSurrogate((char) character));
	}

	private record Fields(Map<String, Object> values) {

		String string(String name) {
			if (this.values.get(name) instanceof String value) {
				return value;
			}
			throw new IllegalArgumentException("'" + name + "' is missing or not a string");
		}

		long number(String name, long min, long max) {
			if (this.values.get(name) instanceof Long value && value >= min && value <= max) {
				return value;
			}
			throw new IllegalArgumentException("'" + name + "' is missing or not a whole number in its range");
		}

	}

}
