package io.hacluster.actuate;

import java.util.Locale;

import io.hacluster.lifecycle.TransitionReport;

/**
 * How names of this project appear in meters.
 */
final class MeterNames {

	static final String COMPLETED = "completed";

	static final String FAILED = "failed";

	private MeterNames() {
	}

	/**
	 * Returns the tag value of how a sequence ended.
	 */
	static String outcome(TransitionReport transition) {
		return (transition.failure() == null) ? COMPLETED : FAILED;
	}

	static String tagValue(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
