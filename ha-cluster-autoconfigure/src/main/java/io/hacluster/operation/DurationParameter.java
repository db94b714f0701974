package io.hacluster.operation;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a time that somebody has typed. A number without a unit is refused rather than
 * taken for one that was not meant: elsewhere it would be milliseconds, or seconds.
 */
public final class DurationParameter {

	private static final Pattern SIMPLE = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

	private static final int MAX_LENGTH = 32;

	private DurationParameter() {
	}

	/**
	 * Reads a time.
	 * @param name the parameter, for the message
	 * @param text such as {@code 500ms}, {@code 5s}, {@code 1m} or {@code PT1.5S}
	 * @return the time, not negative
	 * @throws InvalidRequestException if it is not one
	 */
	public static Duration parse(String name, String text) {
		Matcher matcher = SIMPLE.matcher(text);
		if (matcher.matches()) {
			long amount = Long.parseLong(matcher.group(1));
			return switch (matcher.group(2)) {
				case "ms" -> Duration.ofMillis(amount);
				case "s" -> Duration.ofSeconds(amount);
				case "m" -> Duration.ofMinutes(amount);
				default -> Duration.ofHours(amount);
			};
		}
		try {
			if (text.length() <= MAX_LENGTH && text.toUpperCase(Locale.ROOT).startsWith("P")) {
				Duration duration = Duration.parse(text);
				if (!duration.isNegative()) {
					return duration;
				}
			}
		}
		catch (DateTimeParseException ex) {
			// refused below, like all else that is not a time
		}
		throw new InvalidRequestException("'" + name + "' must be a time with its unit, such as 500ms, 5s or 1m"
				+ ((text.length() <= MAX_LENGTH) ? ", but was '" + Printable.of(text) + "'" : ""));
	}

}
