package io.hacluster.replication.restore;

import java.nio.file.Path;

/**
 * What to restore, and where to.
 *
 * @param target the database file to make, in a directory that exists
 * @param point the state to bring back
 * @param overwrite whether a database that is already there may be replaced, with what
 * SQLite keeps beside it
 * @param check how the result is checked before it gets its name
 */
public record RestoreRequest(Path target, RestorePoint point, boolean overwrite, Check check) {

	/**
	 * Requests the latest state, never over an existing file, without a check by SQLite.
	 * @param target the database file to make
	 * @return the request
	 */
	public static RestoreRequest to(Path target) {
		return new RestoreRequest(target, RestorePoint.latest(), false, Check.NONE);
	}

	/**
	 * Returns a copy with another state to bring back.
	 * @param other the state
	 * @return the copy
	 */
	public RestoreRequest at(RestorePoint other) {
		return new RestoreRequest(this.target, other, this.overwrite, this.check);
	}

	/**
	 * Returns a copy that may replace an existing database.
	 * @return the copy
	 */
	public RestoreRequest overwriting() {
		return new RestoreRequest(this.target, this.point, true, this.check);
	}

	/**
	 * Returns a copy with a check of the result.
	 * @param other how to check it
	 * @return the copy
	 */
	public RestoreRequest checked(Check other) {
		return new RestoreRequest(this.target, this.point, this.overwrite, other);
	}

	/**
	 * How SQLite looks at the result. Every file of the log is verified against its
	 * checksums in any case.
	 */
	public enum Check {

		/**
		 * Not at all.
		 */
		NONE,

		/**
		 * By {@code PRAGMA quick_check}.
		 */
		QUICK,

		/**
		 * By {@code PRAGMA integrity_check}, which also compares indexes with their
		 * tables.
		 */
		FULL

	}

}
