package io.hacluster.backend.docker;

import io.hacluster.HaClusterException;

/**
 * A setting of the container cannot work or is not safe.
 */
public final class InvalidDockerSettingsException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	private final String setting;

	InvalidDockerSettingsException(String setting, String message) {
		super(message);
		this.setting = setting;
	}

	/**
	 * Returns the setting, by the name of its property below that of the backend.
	 * @return such as {@code volumes} or {@code resources.memory}
	 */
	public String setting() {
		return this.setting;
	}

}
