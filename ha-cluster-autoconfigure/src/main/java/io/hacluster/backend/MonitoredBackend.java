package io.hacluster.backend;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Adds a probe, such as a health URL, to any backend: it is up when the backend says so
 * and the probe agrees.
 */
public final class MonitoredBackend implements ExitAwareBackend, LeaseBoundBackend {

	private final Backend delegate;

	private final @Nullable HealthProbe probe;

	/**
	 * Creates a monitored backend.
	 * @param delegate the backend
	 * @param probe asked while the backend is up
	 */
	public MonitoredBackend(Backend delegate, @Nullable HealthProbe probe) {
		this.delegate = delegate;
		this.probe = probe;
	}

	@Override
	public void start(Duration timeout) throws InterruptedException {
		this.delegate.start(timeout);
	}

	@Override
	public void stop(Duration timeout) {
		this.delegate.stop(timeout);
	}

	@Override
	public BackendHealth health() {
		BackendHealth health = this.delegate.health();
		return (health.status() == BackendHealth.Status.UP && this.probe != null) ? this.probe.check() : health;
	}

	@Override
	public void prolong(Supplier<Duration> remaining) {
		if (this.delegate instanceof LeaseBoundBackend leaseBound) {
			leaseBound.prolong(remaining);
		}
	}

	@Override
	public void onUnexpectedExit(Consumer<String> listener) {
		if (this.delegate instanceof ExitAwareBackend exitAware) {
			exitAware.onUnexpectedExit(listener);
		}
	}

}
