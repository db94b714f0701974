package io.hacluster.replication;

import java.io.IOException;
import java.io.InputStream;

/**
 * Bytes that can be read from their beginning, more than once.
 */
public interface ByteSource {

	/**
	 * Returns the length.
	 * @return the number of bytes
	 */
	long size();

	/**
	 * Opens the bytes at their beginning.
	 * @return a stream that the caller closes
	 * @throws IOException if they cannot be read
	 */
	InputStream openStream() throws IOException;

}
