package io.hacluster.election.nats;

import org.jspecify.annotations.Nullable;

import io.hacluster.StoreUnavailableException;

/**
 * NATS cannot be used for leases, for a reason that an operator has to remove.
 */
public class NatsLeaseStoreException extends StoreUnavailableException {

	private static final long serialVersionUID = 1L;

	private final Reason reason;

	/**
	 * Creates the exception.
	 * @param reason what kind of problem it is
	 * @param message what is wrong, for people
	 * @param cause the cause, if there is one
	 */
	public NatsLeaseStoreException(Reason reason, String message, @Nullable Throwable cause) {
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
		 * No server answers at the addresses given.
		 */
		UNREACHABLE,

		/**
		 * The server refuses the credentials, or does not permit what is needed.
		 */
		NOT_AUTHORIZED,

		/**
		 * The server and this node do not trust one another, or only one of them wants
		 * TLS.
		 */
		TLS,

		/**
		 * The server, or the account, has no JetStream.
		 */
		NO_JETSTREAM,

		/**
		 * The bucket exists with settings that make leases unsafe.
		 */
		UNSUITABLE_BUCKET,

		/**
		 * The server is too old for the number of replicas.
		 */
		SERVER_TOO_OLD

	}

}
