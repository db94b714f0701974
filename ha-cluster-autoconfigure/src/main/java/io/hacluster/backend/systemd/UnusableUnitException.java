package io.hacluster.backend.systemd;

import org.jspecify.annotations.Nullable;

import io.hacluster.backend.BackendException;

/**
 * A unit cannot be used as a backend on this machine.
 */
public final class UnusableUnitException extends BackendException {

	private static final long serialVersionUID = 1L;

	private final String remedy;

	UnusableUnitException(String message, String remedy, @Nullable Throwable cause) {
		super(message, cause);
		this.remedy = remedy;
	}

	/**
	 * Returns what can be done about it.
	 * @return one or more sentences
	 */
	public String getRemedy() {
		return this.remedy;
	}

}
