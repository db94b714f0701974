package io.hacluster.autoconfigure;

import io.hacluster.member.MemberLabels;

/**
 * Refuses what a node cannot say of itself.
 */
final class MemberPropertiesValidator {

	private static final int MAX_PRIORITY = 1000;

	private final HaClusterProperties properties;

	MemberPropertiesValidator(HaClusterProperties properties) {
		this.properties = properties;
	}

	void validate() {
		try {
			MemberLabels.check(this.properties.labels());
		}
		catch (IllegalArgumentException ex) {
			throw HaClusterPropertiesValidator.invalid("labels", this.properties.labels(),
					String.valueOf(ex.getMessage()));
		}
		int priority = this.properties.election().priority();
		if (priority < 0 || priority > MAX_PRIORITY) {
			throw HaClusterPropertiesValidator.invalid("election.priority", priority,
					"It must be 0, for a node that never leads, to " + MAX_PRIORITY);
		}
	}

}
