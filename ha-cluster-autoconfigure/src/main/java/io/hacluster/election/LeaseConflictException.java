package io.hacluster.election;

import io.hacluster.HaClusterException;

/**
 * A compare-and-set was refused because the record is not, or no longer, at the expected
 * revision. The record was certainly not written.
 */
public class LeaseConflictException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	public LeaseConflictException(String message) {
		super(message);
	}

}
