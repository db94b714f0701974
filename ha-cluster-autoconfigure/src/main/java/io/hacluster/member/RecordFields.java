package io.hacluster.member;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;
import io.hacluster.json.JsonReader;

/**
 * The fields of a record that is not to be trusted. Each has its bounds; what is outside
 * them is refused with {@link IllegalArgumentException}. Fields that nobody asks for are
 * ignored, so that nodes of two versions can share a cluster.
 */
final class RecordFields {

	private static final long VERSION = 1;

	private static final long MAX_INSTANT = 253_402_300_799_999L;

	private static final long MAX_MILLIS = Duration.ofDays(36500).toMillis();

	private final Map<String, Object> values;

	private RecordFields(Map<String, Object> values) {
		this.values = values;
	}

	static RecordFields of(byte[] record) {
		if (record.length > StateStore.MAX_BYTES) {
			throw new IllegalArgumentException("it has " + record.length + " bytes");
		}
		RecordFields fields = new RecordFields(JsonReader.object(text(record)));
		fields.number("v", VERSION, VERSION);
		return fields;
	}

	private static String text(byte[] record) {
		try {
			return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(record)).toString();
		}
		catch (CharacterCodingException ex) {
			throw new IllegalArgumentException("it is not UTF-8");
		}
	}

	boolean has(String name) {
		return this.values.containsKey(name);
	}

	String text(String name, int maxLength) {
		return checkText(name, this.values.get(name), maxLength);
	}

	@Nullable String optionalText(String name, int maxLength) {
		return has(name) ? text(name, maxLength) : null;
	}

	private static String checkText(String name, @Nullable Object value, int maxLength) {
		if (value instanceof String text && text.length() <= maxLength && RecordText.isClean(text)) {
			return text;
		}
		throw new IllegalArgumentException(
				"'" + name + "' is not text of at most " + maxLength + " characters without control characters");
	}

	long number(String name, long min, long max) {
		if (this.values.get(name) instanceof Long value && value >= min && value <= max) {
			return value;
		}
		throw new IllegalArgumentException("'" + name + "' is not a whole number in its range");
	}

	boolean flag(String name) {
		if (this.values.get(name) instanceof Boolean value) {
			return value;
		}
		throw new IllegalArgumentException("'" + name + "' is neither true nor false");
	}

	NodeId node(String name) {
		return new NodeId(text(name, 63));
	}

	@Nullable NodeId optionalNode(String name) {
		return has(name) ? node(name) : null;
	}

	Duration millis(String name) {
		return Duration.ofMillis(number(name, 0, MAX_MILLIS));
	}

	Duration micros(String name) {
		return Duration.ofNanos(number(name, 0, MAX_MILLIS) * 1000);
	}

	@Nullable Duration optionalMillis(String name) {
		return has(name) ? millis(name) : null;
	}

	Instant instant(String name) {
		return Instant.ofEpochMilli(number(name, 0, MAX_INSTANT));
	}

	@Nullable Instant optionalInstant(String name) {
		return has(name) ? instant(name) : null;
	}

	<E extends Enum<E>> E constant(String name, Class<E> type) {
		return Enum.valueOf(type, text(name, RecordText.WORD));
	}

	Map<String, String> labels(String name) {
		if (!(this.values.getOrDefault(name, Map.of()) instanceof Map<?, ?> found)
				|| found.size() > MemberLabels.MAX_LABELS) {
			throw new IllegalArgumentException(
					"'" + name + "' is not an object of at most " + MemberLabels.MAX_LABELS + " labels");
		}
		Map<String, String> labels = new LinkedHashMap<>();
		found.forEach((key, value) -> {
			String label = String.valueOf(key);
			if (!(value instanceof String text) || !MemberLabels.isLabel(label, text)) {
				throw new IllegalArgumentException("'" + name + "' has something that is not a label");
			}
			labels.put(label, text);
		});
		return labels;
	}

	List<RecordFields> objects(String name, int max) {
		if (!(this.values.getOrDefault(name, List.of()) instanceof List<?> elements) || elements.size() > max) {
			throw new IllegalArgumentException("'" + name + "' is not an array of at most " + max);
		}
		return elements.stream().map((element) -> {
			if (!(element instanceof Map<?, ?> object)) {
				throw new IllegalArgumentException("'" + name + "' has something that is not an object");
			}
			Map<String, Object> values = new LinkedHashMap<>();
			object.forEach((key, value) -> values.put(String.valueOf(key), value));
			return new RecordFields(values);
		}).toList();
	}

}
