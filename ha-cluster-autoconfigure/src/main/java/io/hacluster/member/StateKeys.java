package io.hacluster.member;

import java.util.regex.Pattern;

import io.hacluster.NodeId;

/**
 * The names of the records, and what may be one.
 */
public final class StateKeys {

	static final String MEMBERS = "member.";

	static final String TERMS = "term.";

	static final String PAUSE = "pause";

	static final String REQUEST = "request";

	private static final int MAX_LENGTH = 100;

	private static final Pattern KEY = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)*");

	private StateKeys() {
	}

	static String member(NodeId node) {
		return MEMBERS + node;
	}

	static String term(long epoch) {
		return TERMS + epoch;
	}

	/**
	 * Checks what a caller gives as a key.
	 * @param key the key
	 * @return the key
	 * @throws IllegalArgumentException if it is none
	 */
	public static String check(String key) {
		if (!isKey(key)) {
			throw new IllegalArgumentException("'key' must be words of letters, digits, '-' and '_' with single dots "
					+ "between them, of at most " + MAX_LENGTH + " characters, but was '" + key + "'");
		}
		return key;
	}

	/**
	 * Returns whether something found in a store can be a key.
	 * @param name what has been found
	 * @return whether it is one
	 */
	public static boolean isKey(String name) {
		return name.length() <= MAX_LENGTH && KEY.matcher(name).matches();
	}

	/**
	 * Checks what a caller gives as a value.
	 * @param value the value
	 * @return the value
	 * @throws IllegalArgumentException if it is too large
	 */
	public static byte[] checkValue(byte[] value) {
		if (value.length > StateStore.MAX_BYTES) {
			throw new IllegalArgumentException(
					"A value has at most " + StateStore.MAX_BYTES + " bytes, but this one has " + value.length);
		}
		return value;
	}

}
