package io.hacluster.samples.lab;

import java.util.Locale;

/**
 * One measured figure.
 *
 * @param what what was measured
 * @param text the figure, for people
 * @param value the figure, in the unit that the text names
 * @param bar what it is held to, empty if it is only stated
 * @param verdict whether it holds
 */
record Finding(String what, String text, double value, String bar, Verdict verdict) {

	/**
	 * What has become of a figure.
	 */
	enum Verdict {

		MET, MISSED, STATED, SKIPPED, FAILED

	}

	/**
	 * Returns a figure without a bar.
	 */
	static Finding stated(String what, double value, String unit) {
		return new Finding(what, text(value, unit), value, "", Verdict.STATED);
	}

	/**
	 * Returns a figure that must stay below a bar.
	 */
	static Finding below(String what, double value, double bar, String unit) {
		return new Finding(what, text(value, unit), value, "< " + number(bar) + unit(unit), verdict(value < bar));
	}

	/**
	 * Returns a figure that must not exceed a bar.
	 */
	static Finding atMost(String what, double value, double bar, String unit) {
		return new Finding(what, text(value, unit), value, "<= " + number(bar) + unit(unit), verdict(value <= bar));
	}

	/**
	 * Returns a figure that must reach a bar.
	 */
	static Finding atLeast(String what, double value, double bar, String unit) {
		return new Finding(what, text(value, unit), value, ">= " + number(bar) + unit(unit), verdict(value >= bar));
	}

	/**
	 * Returns what could not be measured for a reason that is no fault.
	 */
	static Finding skipped(String what, String reason) {
		return new Finding(what, "skipped: " + reason, Double.NaN, "", Verdict.SKIPPED);
	}

	/**
	 * Returns what could not be measured because something broke.
	 */
	static Finding failed(String what, String reason) {
		return new Finding(what, "failed: " + reason, Double.NaN, "", Verdict.FAILED);
	}

	Finding and(String addition) {
		return new Finding(this.what, this.text + addition, this.value, this.bar, this.verdict);
	}

	private static Verdict verdict(boolean met) {
		return met ? Verdict.MET : Verdict.MISSED;
	}

	private static String text(double value, String unit) {
		return number(value) + unit(unit);
	}

	private static String unit(String unit) {
		return unit.isEmpty() ? "" : " " + unit;
	}

	private static String number(double value) {
		double size = Math.abs(value);
		if (value == Math.rint(value) && size < 1e9) {
			return String.format(Locale.ROOT, "%.0f", value);
		}
		return String.format(Locale.ROOT, (size >= 100) ? "%.0f" : (size >= 10) ? "%.1f" : "%.2f", value);
	}

}
