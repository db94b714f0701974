package io.hacluster.operation;

/**
 * A wish that cannot be understood. Its message is for whoever has sent it: it names the
 * parameter and what would be legal.
 */
public final class InvalidRequestException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates an exception.
	 * @param message the message
	 */
	public InvalidRequestException(String message) {
		super(message);
	}

}
