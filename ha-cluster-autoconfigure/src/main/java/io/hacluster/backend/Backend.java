package io.hacluster.backend;

import java.time.Duration;

/**
 * The service that only the leader runs. A bean of this type wins over the configured
 * kinds. All methods are called by one thread at a time, except {@link #health()}, which
 * may be called at any time.
 */
public interface Backend {

	/**
	 * Starts the service. It need not be healthy when this returns: the leader then asks
	 * {@link #health()} until it is. Starting what runs already does nothing.
	 * @param timeout how long this may take
	 * @throws BackendException if the service cannot be started
	 * @throws InterruptedException if the promotion was interrupted; the caller then
	 * stops the service
	 */
	void start(Duration timeout) throws InterruptedException;

	/**
	 * Stops the service and returns when it no longer runs and has closed its database.
	 * Stopping what does not run does nothing. Also called once at start-up, for what a
	 * former life of this node may have left running. An interrupt means that there is no
	 * more time: the service is then to be killed at once.
	 * @param timeout how long it may take; afterwards the service is to be killed, which
	 * must not depend on its cooperation
	 * @throws BackendException if the service may still be running
	 */
	void stop(Duration timeout);

	/**
	 * Asks how the service is. After a start, {@link BackendHealth.Status#STOPPED} says
	 * that the service has ended by itself: a leader that waits for it gives up at once,
	 * and one that leads takes that for a failure.
	 * @return the health, never null; answers within the configured health timeout
	 */
	BackendHealth health();

}
