package io.hacluster.vip;

import java.io.IOException;

/**
 * The kernel refused a request, or could not be asked.
 */
final class NetlinkException extends IOException {

	static final int EPERM = 1;

	static final int EEXIST = 17;

	static final int ENODEV = 19;

	static final int EADDRNOTAVAIL = 99;

	private static final long serialVersionUID = 1L;

	private final int errno;

	/**
	 * Creates the exception.
	 * @param errno the number of the error, 0 for none
	 * @param message what it means
	 */
	NetlinkException(int errno, String message) {
		super(message);
		this.errno = errno;
	}

	int errno() {
		return this.errno;
	}

}
