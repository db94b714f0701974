package io.hacluster.autoconfigure;

import java.time.Duration;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

import io.hacluster.election.ElectionSettings;
import io.hacluster.election.InvalidElectionSettingsException;

/**
 * Determines the times of the election, and refuses those that are not safe.
 */
final class ElectionSettingsFactory {

	/**
	 * The worst time of an urgent step-down: the backend is killed, not asked.
	 */
	private static final Duration FORCED_STOP = Duration.ofMillis(150);

	private final HaClusterProperties properties;

	ElectionSettingsFactory(HaClusterProperties properties) {
		this.properties = properties;
	}

	/**
	 * Creates the settings.
	 * @param virtualIp whether there is a virtual IP
	 * @return settings that are safe
	 */
	ElectionSettings create(boolean virtualIp) {
		Duration margin = this.properties.election().margin();
		ElectionSettings settings;
		try {
			settings = create(this.properties.election());
		}
		catch (InvalidElectionSettingsException ex) {
			throw invalid(ex.setting(), ex);
		}
		try {
			return settings.requireRoomFor(FORCED_STOP, virtualIp);
		}
		catch (InvalidElectionSettingsException ex) {
			throw invalid((margin != null) ? "margin" : ex.setting(), ex);
		}
	}

	private ElectionSettings create(HaClusterProperties.Election election) {
		Duration margin = election.margin();
		String address = this.properties.address();
		return (margin != null)
				? new ElectionSettings(election.leaseDuration(), election.renewInterval(), margin, address)
				: ElectionSettings.of(election.leaseDuration(), election.renewInterval(), address);
	}

	private InvalidConfigurationPropertyValueException invalid(String setting, InvalidElectionSettingsException ex) {
		HaClusterProperties.Election election = this.properties.election();
		String reason = String.valueOf(ex.getMessage());
		return switch (setting) {
			case "address" -> HaClusterPropertiesValidator.invalid("address", this.properties.address(), reason);
			case "renew-interval" ->
				HaClusterPropertiesValidator.invalid("election.renew-interval", election.renewInterval(), reason);
			case "margin" -> HaClusterPropertiesValidator.invalid("election.margin", election.margin(), reason);
			default -> HaClusterPropertiesValidator.invalid("election." + setting, election.leaseDuration(), reason);
		};
	}

}
