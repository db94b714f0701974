package io.hacluster.member;

import io.hacluster.HaClusterException;

/**
 * A record is not at the revision that a write expected; nothing has been written.
 */
public class StateConflictException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	public StateConflictException(String message) {
		super(message);
	}

}
