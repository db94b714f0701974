package io.hacluster.replication;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

import io.hacluster.Epoch;
import io.hacluster.FencedException;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;

/**
 * The log of one database: LTX files and fences in one order, appended by the leader of
 * the current epoch alone. Thread-safe.
 */
public interface ReplicaStore extends AutoCloseable {

	/**
	 * Closes the log to all older leaders and opens it to this one. When this returns,
	 * nothing that an older leader has sent or will send can land after the fence. A
	 * leader whose writer has failed may fence again under its own epoch.
	 * @param epoch the epoch of the caller's lease
	 * @param leader the caller
	 * @return the writer, at the fence
	 * @throws FencedException if the log holds a fence of a newer epoch, or of another
	 * leader with this epoch
	 * @throws StoreUnavailableException if the store does not answer in time; the fence
	 * may stand
	 */
	LogWriter fence(Epoch epoch, NodeIdentity leader);

	/**
	 * Reads the latest fence.
	 * @return the fence, empty in a log that nobody has led
	 * @throws StoreUnavailableException if the store does not answer in time
	 */
	Optional<Fence> currentFence();

	/**
	 * Lists the complete files of all levels.
	 * @return a snapshot, ordered by level, then by transaction
	 * @throws StoreUnavailableException if the store does not answer in time
	 */
	List<LogEntry> list();

	/**
	 * Opens a file for reading. The bytes are those stored; whether they are a sound LTX
	 * file is for the reader to verify.
	 * @param entry the file
	 * @return a stream that the caller closes; it throws {@link IOException} rather than
	 * end early, and makes progress or fails within a bound
	 * @throws java.io.FileNotFoundException if the file has been retired meanwhile; the
	 * stream may throw it as well
	 * @throws DamagedFileException if the store sees by itself that the bytes are not
	 * those that were stored; the stream may throw it as well
	 * @throws IOException if it cannot be read
	 */
	InputStream open(LogEntry entry) throws IOException;

	/**
	 * Follows the log from a place on, in order and without gaps, for as long as the tail
	 * is open; reconnects by itself.
	 * @param after the place after which to begin
	 * @param observer told on one thread of the store
	 * @return closes the tail
	 */
	LogTail tail(LogOffset after, LogObserver observer);

	@Override
	void close();

	/**
	 * An open tail. After {@link #close()} has returned the observer is not called again.
	 */
	interface LogTail extends AutoCloseable {

		@Override
		void close();

	}

}
