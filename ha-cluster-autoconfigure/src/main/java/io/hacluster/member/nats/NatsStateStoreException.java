package io.hacluster.member.nats;

import org.jspecify.annotations.Nullable;

import io.hacluster.StoreUnavailableException;

/**
 * NATS cannot be used for the records of the nodes, for a reason that an operator has to
 * remove.
 */
public class NatsStateStoreException extends StoreUnavailableException {

	private static final long serialVersionUID = 1L;

	private final Reason reason;

	/**
	 * Creates the exception.
	 * @param reason what kind of problem it is
	 * @param message what is wrong, for people
	 * @param cause the cause, if there is one
	 */
	public NatsStateStoreException(Reason reason, String message, @Nullable Throwable cause) {
		super(message, cause);
		this.reason = reason;
	}

	/**
	 * Returns what kind of problem it is.
	 * @return the reason
	 */
	public Reason reason() {
		return this.reason;
	}

	/**
	 * Why NATS cannot be used.
	 */
	public enum Reason {

		/**
		 * The server refuses the credentials, or does not permit what is needed.
		 */
		NOT_AUTHORIZED,

		/**
		 * The bucket exists with settings under which records get lost.
		 */
		UNSUITABLE_BUCKET

	}

}
