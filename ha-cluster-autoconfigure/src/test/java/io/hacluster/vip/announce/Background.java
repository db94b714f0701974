package io.hacluster.vip.announce;

import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;

/**
 * Does something again and again while a test does something else.
 */
final class Background implements AutoCloseable {

	private final Thread thread;

	private volatile boolean closed;

	private volatile @Nullable Exception failure;

	Background(Callable<?> action) {
		this.thread = new Thread(() -> {
			try {
				while (!this.closed) {
					action.call();
				}
			}
			catch (Exception ex) {
				this.failure = ex;
			}
		});
		this.thread.start();
	}

	/**
	 * Fails the test if the action has failed.
	 */
	void verify() {
		if (this.failure != null) {
			throw new AssertionError(this.failure);
		}
	}

	@Override
	public void close() throws InterruptedException {
		this.closed = true;
		this.thread.join();
	}

}
