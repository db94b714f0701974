package io.hacluster.replication;

import java.time.Duration;

import io.hacluster.Epoch;

/**
 * The replication of one database as the two sequences drive it. One thread at a time
 * calls the methods that change something; {@link #status()}, {@link #logEpoch()} and
 * {@link #requestSnapshot()} may be called at any time. Every method that can wait is
 * bounded by the timeout given and obeys interruption; what it has begun when it fails is
 * undone by the sequence, which then calls the opposite method.
 */
public interface Replication extends AutoCloseable {

	/**
	 * Puts the files of this node into a follower's state, whatever a former life left
	 * behind, and begins to follow the log. Returns when the local files are settled; the
	 * log need not be reachable.
	 * @param timeout how long the settling may take
	 * @throws InterruptedException if interrupted
	 */
	void startFollowing(Duration timeout) throws InterruptedException;

	/**
	 * Waits until what the log held at the time of the call has been applied (step-down
	 * step 6).
	 * @param timeout how long
	 * @throws InterruptedException if interrupted
	 */
	void awaitCaughtUp(Duration timeout) throws InterruptedException;

	/**
	 * Fences the log under an epoch and applies all that came before the fence (promotion
	 * step 2).
	 * @param epoch the epoch won
	 * @param timeout how long
	 * @throws io.hacluster.FencedException if a newer leader has fenced the log
	 * @throws InterruptedException if interrupted
	 */
	void fenceAndCatchUp(Epoch epoch, Duration timeout) throws InterruptedException;

	/**
	 * Stops following and makes the replica's position durable (promotion step 3).
	 * @param timeout how long
	 * @throws InterruptedException if interrupted
	 */
	void stopFollowing(Duration timeout) throws InterruptedException;

	/**
	 * Moves the replica to the data path by rename (promotion step 4). Its undo is
	 * {@link #startFollowing}.
	 */
	void promote();

	/**
	 * Waits for the database file and verifies that it is in WAL mode (promotion step 7).
	 * @param timeout how long
	 * @throws InterruptedException if interrupted
	 */
	void awaitDatabase(Duration timeout) throws InterruptedException;

	/**
	 * Starts to ship what is committed (promotion step 8). Where the database file does
	 * not exist yet, shipping begins when it appears.
	 */
	void startPrimary();

	/**
	 * Starts periodic snapshots and retention (promotion step 9).
	 */
	void startSnapshots();

	/**
	 * Stops the snapshotter; a snapshot under way is abandoned (step-down step 1).
	 * @param timeout how long
	 */
	void stopSnapshots(Duration timeout);

	/**
	 * Asks for a snapshot soon, unless nothing has changed since the last one. May be
	 * called at any time.
	 * @return whether it will be taken; {@code false} on a node that takes no snapshots
	 * now
	 */
	boolean requestSnapshot();

	/**
	 * Ends the shipping loop but keeps the read lock, so that what the backend writes
	 * while it closes can still be shipped (step-down step 2).
	 * @param timeout how long
	 */
	void stopPrimary(Duration timeout);

	/**
	 * Ships what the backend wrote while it closed, and lets go of the database; called
	 * when the backend has stopped, while the lease still holds. Does nothing on a node
	 * that was not a primary.
	 * @param timeout how long
	 * @return whether everything committed is in the log
	 */
	boolean flush(Duration timeout);

	/**
	 * Returns the greatest epoch seen in the log, the floor for the next one.
	 * @return the epoch
	 */
	Epoch logEpoch();

	/**
	 * Returns how replication is.
	 * @return a snapshot
	 */
	ReplicationStatus status();

	@Override
	void close();

}
