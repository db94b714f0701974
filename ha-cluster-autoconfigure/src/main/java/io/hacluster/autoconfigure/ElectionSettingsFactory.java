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
			settings = create(this.properties.election(), virtualIp);
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

	/**
	 * Without a margin of the user it is a fifth of the lease duration, or what is needed
	 * at least, which is more for short leases with a virtual IP.
	 */
	private ElectionSettings create(HaClusterProperties.Election election, boolean virtualIp) {
		Duration leaseDuration = election.leaseDuration();
		Duration renewInterval = election.renewInterval();
		Duration margin = election.margin();
		String address = this.properties.address();
		if (margin != null) {
			return new ElectionSettings(leaseDuration, renewInterval, margin, address);
		}
		ElectionSettings settings = ElectionSettings.of(leaseDuration, renewInterval, address);
		Duration least = ElectionSettings.leastMargin(leaseDuration, FORCED_STOP, virtualIp);
		return (settings.margin().compareTo(least) < 0)
				? new ElectionSettings(leaseDuration, renewInterval, least, address) : settings;
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
