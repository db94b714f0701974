package io.hacluster.replication.restore;

/**
 * There is something where the database was to go, and it was not to be overwritten.
 */
public final class RestoreTargetExistsException extends RestoreException {

	private static final long serialVersionUID = 1L;

	private final String problem;

	RestoreTargetExistsException(String problem) {
		super(problem + ". Restore to another file, or say that it may be overwritten");
		this.problem = problem;
	}

	/**
	 * Returns what is in the way.
	 * @return the message without what to do about it, and without a full stop
	 */
	public String problem() {
		return this.problem;
	}

}
