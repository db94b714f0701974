package io.hacluster.backend;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * A backend whose service ends with the lease even if this JVM no longer runs any code,
 * because it was frozen or killed: somebody outside the JVM sees to that.
 */
public interface LeaseBoundBackend extends Backend {

	/**
	 * Sets until when the service may run. Called before each start, and then at
	 * intervals much shorter than the lease until the service has been stopped. Called on
	 * a thread of its own, also while another method runs. Returns soon and never throws:
	 * what keeps it from being known outside this JVM ends the service, in time.
	 * @param remaining asked once, by the calling thread: what is left from then on.
	 * Whoever turns that into a point in time reads the clock first, so that a JVM which
	 * is frozen between the two gives the service less time and not more. Without another
	 * call the service is killed when it has passed
	 */
	void prolong(Supplier<Duration> remaining);

}
