package io.hacluster.backend;

import java.time.Duration;

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
	 * @param remaining from now on; without another call the service is killed when it
	 * has passed
	 */
	void prolong(Duration remaining);

}
