package io.hacluster.replication.follower;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.CRC32;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.replication.LogOffset;

/**
 * The textual form of a small record that is kept in a file: a first line that names it,
 * lines of a key and a value, and a last line with the CRC-32 of all before. Read
 * strictly.
 */
final class PositionText {

	private static final String TITLE = "ha-cluster-position 1";

	private static final String NONE = "-";

	private PositionText() {
	}

	/**
	 * Writes a record.
	 * @param values its keys and values, none of which holds a line break
	 * @return the text
	 */
	static String write(Map<String, String> values) {
		StringBuilder text = new StringBuilder(TITLE).append('\n');
		values.forEach((key, value) -> text.append(key).append(' ').append(value).append('\n'));
		return text + "crc " + checksum(text.toString()) + "\n";
	}

	/**
	 * Reads a record.
	 * @param text the text
	 * @return its keys and values
	 * @throws IllegalArgumentException if it is not what {@link #write} wrote
	 */
	static Map<String, String> read(String text) {
		int last = text.lastIndexOf("crc ");
		require(last > 0 && text.startsWith(TITLE + "\n"), "it is not complete");
		String body = text.substring(0, last);
		require(text.substring(last).equals("crc " + checksum(body) + "\n"), "its checksum is wrong");
		Map<String, String> values = new LinkedHashMap<>();
		List<String> lines = body.lines().skip(1).toList();
		for (String line : lines) {
			int space = line.indexOf(' ');
			require(space > 0, "a line has no value");
			require(values.put(line.substring(0, space), line.substring(space + 1)) == null, "a key stands twice");
		}
		return values;
	}

	/**
	 * Adds a position to a record.
	 * @param position the position
	 * @param values the record
	 */
	static void put(ReplicaPosition position, Map<String, String> values) {
		values.put("place", position.place().name().toLowerCase(Locale.ROOT));
		values.put("txid", Long.toString(position.txid()));
		values.put("offset", Long.toString(position.offset().value()));
		values.put("log", position.logId().isEmpty() ? NONE : position.logId());
		values.put("epoch", position.epoch().toString());
		ReplicaStamp stamp = position.stamp();
		values.put("stamp", (stamp != null) ? "%d %d %08x %08x %d".formatted(stamp.size(), stamp.modified(),
				stamp.salt1(), stamp.salt2(), stamp.end()) : NONE);
	}

	/**
	 * Takes a position out of a record.
	 * @param values the record
	 * @return the position
	 * @throws IllegalArgumentException if it is not there, or not legal
	 */
	static ReplicaPosition position(Map<String, String> values) {
		String logId = value(values, "log");
		long txid = Long.parseLong(value(values, "txid"));
		require(txid >= 0, "the transaction is negative");
		return new ReplicaPosition(ReplicaPosition.Place.valueOf(value(values, "place").toUpperCase(Locale.ROOT)), txid,
				new LogOffset(Long.parseLong(value(values, "offset"))), logId.equals(NONE) ? "" : logId,
				new Epoch(Long.parseLong(value(values, "epoch"))), stamp(value(values, "stamp")));
	}

	/**
	 * Takes a value out of a record.
	 * @param values the record
	 * @param key its key
	 * @return the value
	 * @throws IllegalArgumentException if there is none
	 */
	static String value(Map<String, String> values, String key) {
		String value = values.get(key);
		if (value == null) {
			throw new IllegalArgumentException("it has no '" + key + "'");
		}
		return value;
	}

	private static @Nullable ReplicaStamp stamp(String text) {
		if (text.equals(NONE)) {
			return null;
		}
		String[] parts = text.split(" ", -1);
		require(parts.length == 5, "the stamp has not five parts");
		return new ReplicaStamp(Long.parseLong(parts[0]), Long.parseLong(parts[1]),
				Integer.parseUnsignedInt(parts[2], 16), Integer.parseUnsignedInt(parts[3], 16),
				Long.parseLong(parts[4]));
	}

	private static String checksum(String text) {
		CRC32 crc = new CRC32();
		crc.update(text.getBytes(StandardCharsets.UTF_8));
		return "%08x".formatted(crc.getValue());
	}

	private static void require(boolean condition, String message) {
		if (!condition) {
			throw new IllegalArgumentException(message);
		}
	}

}
