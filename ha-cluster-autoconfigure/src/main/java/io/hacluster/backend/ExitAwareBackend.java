package io.hacluster.backend;

import java.util.function.Consumer;

/**
 * A backend that notices by itself, and at once, that its service has ended without
 * having been stopped.
 */
public interface ExitAwareBackend extends Backend {

	/**
	 * Sets whom to tell when the service ends by itself. There is one listener at a time;
	 * it is called on a thread of the backend, once per life of the service, and must
	 * return soon.
	 * @param listener takes one line for people, such as the exit code
	 */
	void onUnexpectedExit(Consumer<String> listener);

}
