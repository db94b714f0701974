package io.hacluster.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Reads one JSON object (RFC 8259) into maps, lists, text, {@link Boolean}s, and
 * {@link Long}s, or {@link Double}s for numbers that are not whole or have more than 18
 * digits. {@code null} is the same as nothing at all. Refuses names that occur twice, and
 * what is nested deeper than {@value #MAX_DEPTH} levels. Whoever calls bounds the length
 * of the text; what is read takes memory in proportion to it.
 */
public final class JsonReader {

	/**
	 * How deep objects and arrays may be nested.
	 */
	public static final int MAX_DEPTH = 8;

	private final String text;

	private int position;

	private int depth;

	private JsonReader(String text) {
		this.text = text;
	}

	/**
	 * Reads an object.
	 * @param text the JSON
	 * @return its members in their order
	 * @throws IllegalArgumentException if the text is not one JSON object
	 */
	public static Map<String, Object> object(String text) {
		JsonReader reader = new JsonReader(text);
		Map<String, Object> object = reader.object();
		reader.skipWhitespace();
		if (reader.position != text.length()) {
			throw reader.malformed("there is more after the object");
		}
		return object;
	}

	private Map<String, Object> object() {
		enter('{');
		Map<String, Object> members = new LinkedHashMap<>();
		if (peek() != '}') {
			do {
				String name = string();
				expect(':');
				Object value = value();
				if (members.containsKey(name)) {
					throw malformed("a name occurs twice");
				}
				if (value != null) {
					members.put(name, value);
				}
			}
			while (accept(','));
		}
		leave('}');
		return members;
	}

	private List<Object> array() {
		enter('[');
		List<Object> elements = new ArrayList<>();
		if (peek() != ']') {
			do {
				Object value = value();
				if (value != null) {
					elements.add(value);
				}
			}
			while (accept(','));
		}
		leave(']');
		return elements;
	}

	private void enter(char bracket) {
		expect(bracket);
		if (++this.depth > MAX_DEPTH) {
			throw malformed("it is nested too deeply");
		}
	}

	private void leave(char bracket) {
		expect(bracket);
		this.depth--;
	}

	private @Nullable Object value() {
		return switch (peek()) {
			case '{' -> object();
			case '[' -> array();
			case '"' -> string();
			case 't' -> literal("true", Boolean.TRUE);
			case 'f' -> literal("false", Boolean.FALSE);
			case 'n' -> literal("null", null);
			default -> number();
		};
	}

	private @Nullable Object literal(String name, @Nullable Object value) {
		if (!this.text.startsWith(name, this.position)) {
			throw malformed("neither a string, a number, an object, an array, true, false nor null");
		}
		this.position += name.length();
		return value;
	}

	private String string() {
		expect('"');
		StringBuilder value = new StringBuilder();
		while (true) {
			char character = next();
			if (character == '"') {
				return value.toString();
			}
			if (character < ' ') {
				throw malformed("a control character in a string");
			}
			value.append((character != '\\') ? character : escaped());
		}
	}

	private char escaped() {
		char character = next();
		return switch (character) {
			case '"', '\\', '/' -> character;
			case 'b' -> '\b';
			case 'f' -> '\f';
			case 'n' -> '\n';
			case 'r' -> '\r';
			case 't' -> '\t';
			case 'u' -> unicode();
			default -> throw malformed("an unknown escape");
		};
	}

	private char unicode() {
		int value = 0;
		for (int i = 0; i < 4; i++) {
			char character = next();
			int digit = (character < 128) ? Character.digit(character, 16) : -1;
			if (digit < 0) {
				throw malformed("an escape without four hexadecimal digits");
			}
			value = value * 16 + digit;
		}
		return (char) value;
	}

	private Object number() {
		int start = this.position;
		skip('-');
		int first = this.position;
		int digits = digits();
		boolean leadingZero = digits > 1 && this.text.charAt(first) == '0';
		if (digits == 0 || leadingZero) {
			throw malformed("neither a string, a number, an object, an array, true, false nor null");
		}
		boolean whole = true;
		if (skip('.')) {
			whole = false;
			requireDigits();
		}
		if (skip('e') || skip('E')) {
			whole = false;
			if (!skip('+')) {
				skip('-');
			}
			requireDigits();
		}
		String number = this.text.substring(start, this.position);
		// 18 digits always fit a long. Without the choice in one expression, which would
		// make both a double
		if (whole && digits <= 18) {
			return Long.valueOf(number);
		}
		return Double.valueOf(number);
	}

	private void requireDigits() {
		if (digits() == 0) {
			throw malformed("a number without digits where they must be");
		}
	}

	private int digits() {
		int start = this.position;
		while (this.position < this.text.length() && this.text.charAt(this.position) >= '0'
				&& this.text.charAt(this.position) <= '9') {
			this.position++;
		}
		return this.position - start;
	}

	private boolean skip(char character) {
		if (this.position < this.text.length() && this.text.charAt(this.position) == character) {
			this.position++;
			return true;
		}
		return false;
	}

	private boolean accept(char character) {
		if (peek() != character) {
			return false;
		}
		this.position++;
		return true;
	}

	private void expect(char character) {
		if (!accept(character)) {
			throw malformed("expected '" + character + "'");
		}
	}

	private char peek() {
		skipWhitespace();
		if (this.position >= this.text.length()) {
			throw malformed("it ends too early");
		}
		return this.text.charAt(this.position);
	}

	private char next() {
		if (this.position >= this.text.length()) {
			throw malformed("it ends too early");
		}
		return this.text.charAt(this.position++);
	}

	private void skipWhitespace() {
		while (this.position < this.text.length() && " \t\r\n".indexOf(this.text.charAt(this.position)) >= 0) {
			this.position++;
		}
	}

	private IllegalArgumentException malformed(String what) {
		return new IllegalArgumentException(what + " at character " + this.position);
	}

}
