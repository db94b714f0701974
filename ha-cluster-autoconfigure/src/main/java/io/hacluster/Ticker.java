package io.hacluster;

/**
 * A monotonic clock. Every decision about a lease is made on a ticker; the wall clock is
 * for display alone.
 */
@FunctionalInterface
public interface Ticker {

	/**
	 * The JVM's monotonic clock.
	 */
	Ticker SYSTEM = System::nanoTime;

	/**
	 * Returns the current reading, which only differences of give meaning to.
	 * @return nanoseconds since an arbitrary origin
	 */
	long nanoTime();

}
