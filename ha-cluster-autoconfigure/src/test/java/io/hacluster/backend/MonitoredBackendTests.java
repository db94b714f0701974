package io.hacluster.backend;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;

import io.hacluster.backend.BackendHealth.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MonitoredBackend}.
 */
class MonitoredBackendTests {

	private final AtomicReference<BackendHealth> own = new AtomicReference<>(new BackendHealth(Status.UP, "runs"));

	private final AtomicInteger probes = new AtomicInteger();

	private final MonitoredBackend backend = new MonitoredBackend(new Stub(), () -> {
		this.probes.incrementAndGet();
		return new BackendHealth(Status.DOWN, "answers 503");
	});

	@Test
	void healthWhenTheBackendIsUpIsThatOfTheProbe() {
		// Peer defect 23: the configured health endpoint was never called.
		assertThat(this.backend.health()).isEqualTo(new BackendHealth(Status.DOWN, "answers 503"));
	}

	@Test
	void healthWhenTheBackendHasEndedDoesNotAskTheProbe() {
		this.own.set(new BackendHealth(Status.STOPPED, "exited with code 3"));
		assertThat(this.backend.health().detail()).isEqualTo("exited with code 3");
		assertThat(this.probes).hasValue(0);
	}

	@Test
	void unexpectedExitOfTheBackendIsPassedOn() {
		AtomicReference<String> told = new AtomicReference<>();
		this.backend.onUnexpectedExit(told::set);
		assertThat(told).hasValue("exited with code 3");
	}

	private final class Stub implements ExitAwareBackend {

		@Override
		public void start(Duration timeout) {
		}

		@Override
		public void stop(Duration timeout) {
		}

		@Override
		public BackendHealth health() {
			return MonitoredBackendTests.this.own.get();
		}

		@Override
		public void onUnexpectedExit(Consumer<String> listener) {
			listener.accept("exited with code 3");
		}

	}

}
