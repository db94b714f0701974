package io.hacluster.vip;

import org.jspecify.annotations.Nullable;

/**
 * This host, or the rights of this process, do not permit the virtual IP.
 */
public class UnusableVirtualIpException extends VirtualIpException {

	private static final long serialVersionUID = 1L;

	private final String action;

	/**
	 * Creates the exception.
	 * @param description what is wrong, as whole sentences
	 * @param action what to do, naming the property
	 * @param cause what it was noticed by, if anything
	 */
	public UnusableVirtualIpException(String description, String action, @Nullable Throwable cause) {
		super(description, cause);
		this.action = action;
	}

	/**
	 * Returns what can be done.
	 * @return whole sentences
	 */
	public String getAction() {
		return this.action;
	}

}
