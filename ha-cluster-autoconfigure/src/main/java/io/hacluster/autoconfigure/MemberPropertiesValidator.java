package io.hacluster.autoconfigure;

import io.hacluster.member.MemberLabels;

/**
 * Refuses what a node cannot say of itself.
 */
final class MemberPropertiesValidator {

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
	}

}
