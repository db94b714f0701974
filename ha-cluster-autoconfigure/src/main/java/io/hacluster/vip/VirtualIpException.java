package io.hacluster.vip;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;

/**
 * A virtual IP could not be taken, kept, announced or given up.
 */
public class VirtualIpException extends HaClusterException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what is wrong and what can be done about it
	 * @param cause what it was noticed by, if anything
	 */
	public VirtualIpException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
