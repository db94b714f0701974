package io.hacluster.backend;

/**
 * How a backend is.
 *
 * @param status the status
 * @param detail one line for people
 */
public record BackendHealth(Status status, String detail) {

	/**
	 * The statuses of a backend.
	 */
	public enum Status {

		/**
		 * Serves.
		 */
		UP,

		/**
		 * Does not serve, or not yet.
		 */
		DOWN,

		/**
		 * Does not run.
		 */
		STOPPED

	}

}
