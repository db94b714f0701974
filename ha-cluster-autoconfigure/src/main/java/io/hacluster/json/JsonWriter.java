package io.hacluster.json;

import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Writes maps, collections, numbers, booleans and text as JSON (RFC 8259).
 */
public final class JsonWriter {

	private static final char LAST_CONTROL = 0x1F;

	private final StringBuilder text = new StringBuilder();

	private JsonWriter() {
	}

	/**
	 * Writes a value.
	 * @param value a map with text for keys, a collection, a number, a boolean, null, or
	 * anything else, which becomes text
	 * @return the JSON
	 */
	public static String write(@Nullable Object value) {
		JsonWriter writer = new JsonWriter();
		writer.append(value);
		return writer.text.toString();
	}

	private void append(@Nullable Object value) {
		if (value instanceof Map<?, ?> map) {
			String separator = "{";
			for (Map.Entry<?, ?> entry : map.entrySet()) {
				this.text.append(separator);
				quote(String.valueOf(entry.getKey()));
				this.text.append(':');
				append(entry.getValue());
				separator = ",";
			}
			this.text.append(map.isEmpty() ? "{}" : "}");
		}
		else if (value instanceof Collection<?> collection) {
			String separator = "[";
			for (Object element : collection) {
				this.text.append(separator);
				append(element);
				separator = ",";
			}
			this.text.append(collection.isEmpty() ? "[]" : "]");
		}
		else if (value == null || value instanceof Number || value instanceof Boolean) {
			this.text.append(value);
		}
		else {
			quote(value.toString());
		}
	}

	private void quote(String value) {
		this.text.append('"');
		value.chars().forEach((character) -> {
			if (character == '"' || character == '\\') {
				this.text.append('\\').append((char) character);
			}
			else if (character <= LAST_CONTROL) {
				this.text.append(String.format("\\u%04x", character));
			}
			else {
				this.text.append((char) character);
			}
		});
		this.text.append('"');
	}

}
