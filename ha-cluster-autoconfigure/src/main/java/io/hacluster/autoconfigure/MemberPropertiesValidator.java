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
		if (this.properties.address().contains("@")) {
			throw HaClusterPropertiesValidator.invalid("address", "******",
					"It is shown to everybody who may see the cluster, so it must have no user and no password, "
							+ "and no '@'");
		}
	}

}
