package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.backend.ExitAwareBackend;
import io.hacluster.backend.LeaseBoundBackend;

/**
 * A backend that only remembers.
 */
final class RecordingBackend implements ExitAwareBackend, LeaseBoundBackend {

	private final Recorder recorder;

	volatile BackendHealth health = new BackendHealth(Status.UP, "runs");

	final List<Duration> prolonged = new CopyOnWriteArrayList<>();

	volatile Runnable beforeAnswer = () -> {
	};

	volatile Duration stopTimeout = Duration.ZERO;

	volatile Consumer<String> exitListener = (detail) -> {
	};

	RecordingBackend(Recorder recorder) {
		this.recorder = recorder;
	}

	@Override
	public void start(Duration timeout) throws InterruptedException {
		this.recorder.call("start");
	}

	@Override
	public void stop(Duration timeout) {
		this.stopTimeout = timeout;
		this.recorder.callUninterruptibly("stop");
	}

	@Override
	public BackendHealth health() {
		this.beforeAnswer.run();
		return this.health;
	}

	@Override
	public void prolong(Supplier<Duration> remaining) {
		this.prolonged.add(remaining.get());
	}

	@Override
	public void onUnexpectedExit(Consumer<String> listener) {
		this.exitListener = listener;
	}

}
