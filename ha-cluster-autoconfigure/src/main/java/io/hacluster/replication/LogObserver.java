package io.hacluster.replication;

/**
 * Told what the log holds, in its order. Methods may block: the store then stops reading
 * ahead after a bounded amount.
 */
public interface LogObserver {

	/**
	 * A complete level-0 file. Files of other levels are not delivered: what they hold
	 * has been delivered already.
	 * @param entry the file
	 * @param content its bytes, valid during the call only
	 */
	void file(LogEntry entry, ByteSource content);

	/**
	 * A leader has fenced the log; everything of the leaders before it has been
	 * delivered.
	 * @param fence the fence
	 */
	void fence(Fence fence);

	/**
	 * All that the log held at the time of asking has been delivered up to a place.
	 * Called when a tail has caught up, and at least every few seconds while idle.
	 * @param offset the place
	 */
	void reached(LogOffset offset);

	/**
	 * The tail cannot go on from where it was: the log has been wiped, or what comes next
	 * has been retired. Nothing more is delivered; the observer's replica must be
	 * rebuilt.
	 * @param reason why, for people
	 */
	void broken(String reason);

	/**
	 * The store cannot be read at the moment; the tail goes on trying.
	 * @param reason why, for people
	 */
	void interrupted(String reason);

}
