package io.hacluster.samples.lab;

/**
 * The lab cannot go on. The message is for people and says what was waited for.
 */
class LabException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	LabException(String message) {
		super(message);
	}

	LabException(String message, Throwable cause) {
		super(message, cause);
	}

}
