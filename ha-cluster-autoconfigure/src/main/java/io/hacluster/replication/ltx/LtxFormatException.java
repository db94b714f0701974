package io.hacluster.replication.ltx;

import io.hacluster.HaClusterException;

/**
 * A file is not a sound LTX v3 file, or was about to be written so that it would not be
 * one. The message says what is wrong and where.
 */
public final class LtxFormatException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	public LtxFormatException(String message) {
		super(message);
	}

	public LtxFormatException(String message, Throwable cause) {
		super(message, cause);
	}

}
