package io.hacluster;

import java.util.regex.Pattern;

/**
 * The name of a node, unique within its cluster and stable over restarts. It appears in
 * store keys, file names and metric tags.
 *
 * @param value 1 to 63 letters, digits, dots, hyphens or underscores, beginning with a
 * letter or digit
 */
public record NodeId(String value) {

	private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

	/**
	 * Creates a node id.
	 * @throws IllegalArgumentException if the value is not a legal name
	 */
	public NodeId {
		if (!PATTERN.matcher(value).matches()) {
			throw new IllegalArgumentException("'value' must be 1 to 63 letters, digits, '.', '-' or '_', beginning "
					+ "with a letter or digit, but was '" + value + "'");
		}
	}

	@Override
	public String toString() {
		return this.value;
	}

}
