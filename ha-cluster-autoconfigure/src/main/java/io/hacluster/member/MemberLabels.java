package io.hacluster.member;

import java.util.Map;
import java.util.regex.Pattern;

/**
 * What labels may be: at most {@value #MAX_LABELS}, with names of 1 to 63 letters,
 * digits, dots, hyphens, underscores or slashes that begin with a letter or digit, and
 * values of at most {@value #MAX_VALUE} characters without control characters.
 */
public final class MemberLabels {

	/**
	 * The greatest number of labels.
	 */
	public static final int MAX_LABELS = 16;

	/**
	 * The greatest length of a value.
	 */
	public static final int MAX_VALUE = 128;

	private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/-]{0,62}");

	private MemberLabels() {
	}

	static boolean isLabel(String name, String value) {
		return NAME.matcher(name).matches() && value.length() <= MAX_VALUE && RecordText.isClean(value);
	}

	/**
	 * Checks labels that are configured.
	 * @param labels the labels
	 * @return the labels
	 * @throws IllegalArgumentException if they cannot be published, saying why
	 */
	public static Map<String, String> check(Map<String, String> labels) {
		if (labels.size() > MAX_LABELS) {
			throw new IllegalArgumentException("There may be at most " + MAX_LABELS + " labels");
		}
		labels.forEach((name, value) -> {
			if (!isLabel(name, value)) {
				throw new IllegalArgumentException("The label '" + name + "' must have a name of 1 to 63 letters, "
						+ "digits, '.', '-', '_' or '/', beginning with a letter or digit, and a value of at most "
						+ MAX_VALUE + " characters without control characters");
			}
		});
		return labels;
	}

}
