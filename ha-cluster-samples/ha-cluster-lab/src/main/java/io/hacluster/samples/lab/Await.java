package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Bounded waiting for what other processes do.
 */
final class Await {

	private static final Duration POLL_INTERVAL = Duration.ofMillis(20);

	private Await() {
	}

	/**
	 * Waits until a condition holds.
	 * @param what the condition in words, for the message
	 * @param atMost how long to wait
	 * @param details what to add to the message
	 * @param condition the condition
	 * @throws LabException if it does not hold in time
	 */
	static void until(String what, Duration atMost, Supplier<String> details, BooleanSupplier condition) {
		value(what, atMost, details, () -> condition.getAsBoolean() ? Boolean.TRUE : null);
	}

	/**
	 * Waits for a value.
	 * @param <T> the type of the value
	 * @param what the value in words, for the message
	 * @param atMost how long to wait
	 * @param details what to add to the message
	 * @param supplier gives null until the value is there
	 * @return the value
	 * @throws LabException if it does not come in time
	 */
	static <T> T value(String what, Duration atMost, Supplier<String> details, Supplier<@Nullable T> supplier) {
		long start = System.nanoTime();
		while (System.nanoTime() - start < atMost.toNanos()) {
			T value = supplier.get();
			if (value != null) {
				return value;
			}
			pause();
			if (Thread.currentThread().isInterrupted()) {
				throw new LabException("interrupted while waiting until " + what);
			}
		}
		throw new LabException(
				"gave up after " + atMost.toSeconds() + " s waiting until " + what + "\n" + details.get());
	}

	static void pause() {
		LockSupport.parkNanos(POLL_INTERVAL.toNanos());
	}

}
