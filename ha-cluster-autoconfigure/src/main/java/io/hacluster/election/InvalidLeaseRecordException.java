package io.hacluster.election;

import io.hacluster.HaClusterException;

/**
 * What stands in the store under a lease key is not a lease record.
 */
public class InvalidLeaseRecordException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	public InvalidLeaseRecordException(String message) {
		super(message);
	}

}
