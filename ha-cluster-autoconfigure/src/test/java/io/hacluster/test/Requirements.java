package io.hacluster.test;

import org.junit.jupiter.api.Assumptions;

/**
 * The rule for tests that need something the machine may lack: they are skipped with the
 * reason printed, and with {@code HA_REQUIRE_ALL=1} a skip is a failure.
 */
public final class Requirements {

	private Requirements() {
	}

	/**
	 * Skips the test, or fails it where everything is required.
	 * @param met whether the machine has what the test needs
	 * @param reason what it lacks
	 */
	public static void require(boolean met, String reason) {
		if (met) {
			return;
		}
		if ("1".equals(System.getenv("HA_REQUIRE_ALL"))) {
			throw new AssertionError("HA_REQUIRE_ALL=1, but " + reason);
		}
		System.out.println("Skipped: " + reason);
		Assumptions.abort(reason);
	}

}
