package io.hacluster.autoconfigure;

/**
 * Something that has to be done for as long as the node takes part in its cluster:
 * started before the node, and stopped when that has stepped down.
 */
interface NodeDuty {

	/**
	 * Begins. Returns at once; may be called again after {@link #stop()}.
	 */
	void start();

	/**
	 * Ends, within a bounded time. Does nothing if not started.
	 */
	void stop();

}
