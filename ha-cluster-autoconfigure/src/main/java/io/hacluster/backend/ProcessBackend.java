package io.hacluster.backend;

import java.time.Duration;
import java.util.function.Consumer;

import io.hacluster.NodeIdentity;

/**
 * A backend that is a process of this machine.
 */
public final class ProcessBackend implements ExitAwareBackend {

	/**
	 * Creates a backend. Nothing is started, and nothing on disk is touched.
	 * @param identity leads each log line
	 * @param settings how to run it
	 */
	public ProcessBackend(NodeIdentity identity, ProcessSettings settings) {
		throw new UnsupportedOperationException();
	}

	@Override
	public void start(Duration timeout) throws InterruptedException {
		throw new UnsupportedOperationException();
	}

	@Override
	public void stop(Duration timeout) {
		throw new UnsupportedOperationException();
	}

	@Override
	public BackendHealth health() {
		throw new UnsupportedOperationException();
	}

	@Override
	public void onUnexpectedExit(Consumer<String> listener) {
		throw new UnsupportedOperationException();
	}

}
