package io.hacluster.autoconfigure;

/**
 * Looks before the cluster starts whether what it needs is there, so that the application
 * fails with one clear message and not a node that never gets anywhere. What may heal by
 * itself at run time is not for these checks but for the health of the node.
 */
@FunctionalInterface
interface StartupCheck {

	/**
	 * Makes the check.
	 * @throws RuntimeException one that a failure analyzer knows, if the node cannot do
	 * its work
	 */
	void run();

}
