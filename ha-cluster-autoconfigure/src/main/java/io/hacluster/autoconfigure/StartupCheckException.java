package io.hacluster.autoconfigure;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;

/**
 * What a {@link StartupCheck} found missing, and what can be done about it.
 */
final class StartupCheckException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	private final String action;

	/**
	 * Creates the exception.
	 * @param description what is wrong, as whole sentences
	 * @param action what to do, naming the property
	 * @param cause what the check ran into, if anything
	 */
	StartupCheckException(String description, String action, @Nullable Throwable cause) {
		super(description, cause);
		this.action = action;
	}

	String getAction() {
		return this.action;
	}

}
