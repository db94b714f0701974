package io.hacluster.replication;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;

import io.hacluster.replication.ltx.LtxName;

/**
 * Appends to the log under one fence. The first error poisons the writer: all that
 * follows fails, and only a new fence opens the log again. Thread-safe; appends of
 * several threads may interleave, but each file becomes visible at once or not at all.
 */
public interface LogWriter extends AutoCloseable {

	/**
	 * Returns the fence under which this writer appends.
	 * @return the fence
	 */
	Fence fence();

	/**
	 * Appends a file. Blocks while too much is unacknowledged.
	 * @param name its name; an existing file of that name is replaced
	 * @param timestamp its time
	 * @param content its bytes, unchanged until the future is complete
	 * @return completed with the entry once the log holds it durably as far as the store
	 * promises; completed exceptionally with {@link io.hacluster.FencedException} or
	 * {@link io.hacluster.StoreUnavailableException}. Continuations must not block.
	 */
	CompletableFuture<LogEntry> append(LtxName name, Instant timestamp, ByteSource content);

	/**
	 * Removes a file whose transactions other files hold, with its chunks and its
	 * tombstone.
	 * @param entry the file
	 * @throws io.hacluster.FencedException if a newer leader has fenced the log
	 * @throws io.hacluster.StoreUnavailableException if the store does not answer in time
	 */
	void retire(LogEntry entry);

	/**
	 * Gives up the writer; what is unacknowledged may or may not land.
	 */
	@Override
	void close();

}
