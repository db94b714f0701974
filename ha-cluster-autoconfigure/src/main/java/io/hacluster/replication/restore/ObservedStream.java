package io.hacluster.replication.restore;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * Tells a listener of every read.
 */
final class ObservedStream extends FilterInputStream {

	private final RestoreListener listener;

	ObservedStream(InputStream in, RestoreListener listener) {
		super(in);
		this.listener = listener;
	}

	@Override
	public int read() throws IOException {
		byte[] one = new byte[1];
		return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
	}

	@Override
	public int read(byte[] buffer, int offset, int length) throws IOException {
		int count = super.read(buffer, offset, length);
		if (count > 0) {
			this.listener.read(count);
		}
		return count;
	}

}
