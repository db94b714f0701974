package io.hacluster.replication.follower;

import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;

/**
 * What a tail has told, in its order.
 */
public sealed interface FollowerEvent {

	/**
	 * A sound file.
	 *
	 * @param file the file
	 * @param shippedAt when it was shipped, as far as can be told, by the ticker
	 */
	record Received(FollowerFile file, long shippedAt) implements FollowerEvent {
	}

	/**
	 * A file that must not be applied.
	 *
	 * @param entry what the log says of it
	 * @param reason what is wrong with it
	 */
	record Unsound(LogEntry entry, String reason) implements FollowerEvent {
	}

	/**
	 * A leader has fenced the log.
	 *
	 * @param fence the fence
	 */
	record Fenced(Fence fence) implements FollowerEvent {
	}

	/**
	 * All up to a place has been told.
	 *
	 * @param offset the place
	 * @param tail the number of the tail
	 * @param at when, by the ticker
	 */
	record Reached(LogOffset offset, long tail, long at) implements FollowerEvent {
	}

	/**
	 * The tail cannot go on.
	 *
	 * @param reason why
	 */
	record Broken(String reason) implements FollowerEvent {
	}

	/**
	 * The store cannot be read at the moment.
	 *
	 * @param reason why
	 */
	record Interrupted(String reason) implements FollowerEvent {
	}

}
