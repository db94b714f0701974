package io.hacluster.election;

import io.hacluster.HaClusterException;

/**
 * A setting of the election, or a combination of settings, that cannot be safe.
 */
public class InvalidElectionSettingsException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	private final String setting;

	/**
	 * Creates the exception.
	 * @param setting the setting to change, for instance {@code lease-duration}
	 * @param message what is wrong, and what would do
	 */
	public InvalidElectionSettingsException(String setting, String message) {
		super(message);
		this.setting = setting;
	}

	/**
	 * Returns the setting to change.
	 * @return the name of the setting, such as {@code lease-duration}
	 */
	public String setting() {
		return this.setting;
	}

}
