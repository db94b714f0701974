package io.hacluster.replication;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CountDownLatch;

/**
 * Contents for tests of stores; a store does not look into them.
 */
public final class Contents {

	private Contents() {
	}

	public static ByteSource of(String text) {
		return of(text.getBytes(StandardCharsets.UTF_8));
	}

	public static ByteSource of(byte[] bytes) {
		return new Bytes(bytes);
	}

	public static byte[] random(int size) {
		byte[] bytes = new byte[size];
		new Random(size).nextBytes(bytes);
		return bytes;
	}

	public static String text(byte[] bytes) {
		return (bytes.length <= 100) ? new String(bytes, StandardCharsets.UTF_8) : bytes.length + " bytes";
	}

	/**
	 * Content whose reader is stopped before its end until it is let go, as if its
	 * process had been stopped there.
	 */
	public static ByteSource pausing(String text, CountDownLatch paused, CountDownLatch resume) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		return new ByteSource() {

			@Override
			public long size() {
				return bytes.length;
			}

			@Override
			public InputStream openStream() {
				return new ByteArrayInputStream(bytes) {

					@Override
					public synchronized int read(byte[] buffer, int offset, int length) {
						if (available() == 0) {
							paused.countDown();
							try {
								resume.await();
							}
							catch (InterruptedException ex) {
								throw new IllegalStateException(ex);
							}
						}
						return super.read(buffer, offset, length);
					}

				};
			}

		};
	}

	private record Bytes(byte[] bytes) implements ByteSource {

		@Override
		public long size() {
			return this.bytes.length;
		}

		@Override
		public InputStream openStream() throws IOException {
			return new ByteArrayInputStream(this.bytes);
		}

	}

}
