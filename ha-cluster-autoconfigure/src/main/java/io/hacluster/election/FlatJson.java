package io.hacluster.election;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The part of JSON (RFC 8259) that a lease record needs: one object of strings and whole
 * numbers, nothing nested. Anything else is refused with
 * {@link IllegalArgumentException}, also a name that occurs twice.
 */
final class FlatJson {

	private final String text;

	private int position;

	private FlatJson(String text) {
		this.text = text;
	}

	static Map<String, Object> parse(String text) {
		return new FlatJson(text).object();
	}

	private Map<String, Object> object() {
		Map<String, Object> fields = new LinkedHashMap<>();
		expect('{');
		if (peek() != '}') {
			do {
				String name = string();
				expect(':');
				Object value = (peek() == '"') ? string() : number();
				if (fields.put(name, value) != null) {
					throw malformed("a name occurs twice");
				}
			}
			while (accept(','));
		}
		expect('}');
		skipWhitespace();
		if (this.position != this.text.length()) {
			throw malformed("there is more after the object");
		}
		return fields;
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

	private Long number() {
		int start = this.position;
		if (peek() == '-') {
			this.position++;
		}
		int digits = this.position;
		while (this.position < this.text.length() && isDigit(this.text.charAt(this.position))) {
			this.position++;
		}
		boolean leadingZero = this.position - digits > 1 && this.text.charAt(digits) == '0';
		// 18 digits always fit a long
		if (this.position == digits || this.position - digits > 18 || leadingZero) {
			throw malformed("neither a string nor a whole number of at most 18 digits");
		}
		return Long.valueOf(this.text.substring(start, this.position));
	}

	private static boolean isDigit(char character) {
		return character >= '0' && character <= '9';
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

	/**
	 * Writes one flat object.
	 */
	static final class Writer {

		private final StringBuilder json = new StringBuilder("{");

		void number(String name, long value) {
			name(name).append(value);
		}

		void string(String name, String value) {
			StringBuilder target = name(name).append('"');
			value.chars().forEach((character) -> {
				if (character == '"' || character == '\\') {
					target.append('\\');
				}
				target.append((char) character);
			});
			target.append('"');
		}

		private StringBuilder name(String name) {
			if (this.json.length() > 1) {
				this.json.append(',');
			}
			return this.json.append('"').append(name).append("\":");
		}

		@Override
		public String toString() {
			return this.json + "}";
		}

	}

}
