package io.hacluster.console;

/**
 * What those who see the page may do.
 */
public enum ConsoleAccess {

	/**
	 * Nothing: there is no page.
	 */
	NONE,

	/**
	 * Look.
	 */
	READ_ONLY,

	/**
	 * Look, and act on the cluster.
	 */
	UNRESTRICTED

}
