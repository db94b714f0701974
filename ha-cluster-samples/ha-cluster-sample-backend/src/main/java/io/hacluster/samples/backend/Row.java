package io.hacluster.samples.backend;

/**
 * A numbered row.
 *
 * @param id the number that the client gave it
 * @param payload text without control characters
 */
record Row(long id, String payload) {

	Row {
		if (payload.chars().anyMatch(Character::isISOControl)) {
			throw new IllegalArgumentException("the payload must not hold control characters");
		}
	}

}
