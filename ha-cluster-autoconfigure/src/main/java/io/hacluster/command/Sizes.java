package io.hacluster.command;

import java.util.Locale;

/**
 * Numbers of bytes for people.
 */
final class Sizes {

	private static final String[] UNITS = { "bytes", "KB", "MB", "GB", "TB" };

	private static final double UNIT = 1024;

	private Sizes() {
	}

	/**
	 * Writes a number of bytes.
	 * @param bytes the number
	 * @return such as {@code 12.5 MB}, a megabyte being 1024 * 1024 bytes
	 */
	static String of(double bytes) {
		if (bytes < UNIT) {
			return String.format(Locale.ROOT, "%.0f %s", bytes, UNITS[0]);
		}
		double value = bytes;
		int unit = 0;
		while (value >= UNIT && unit < UNITS.length - 1) {
			value /= UNIT;
			unit++;
		}
		return String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
	}

}
