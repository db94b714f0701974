package io.hacluster.command;

/**
 * A command was given what it does not understand.
 */
final class UsageException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	UsageException(String message) {
		super(message);
	}

}
