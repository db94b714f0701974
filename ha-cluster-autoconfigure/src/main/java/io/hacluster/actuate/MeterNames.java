package io.hacluster.actuate;

import java.util.Locale;

/**
 * How names of this project appear in meters.
 */
final class MeterNames {

	private MeterNames() {
	}

	static String tagValue(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
