package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;

/**
 * Moves databases, one at a time, and finishes a move that a crash or a failure has
 * interrupted. What has been moved in part is at no place where it would be found: no
 * other move begins before it is finished.
 */
final class ReplicaMoves {

	private static final Logger logger = LoggerFactory.getLogger(ReplicaMoves.class);

	private final Path journal;

	private final ReplicaLink replica;

	private final PositionFile position;

	private final NodeIdentity node;

	private final Runnable afterStep;

	/**
	 * Creates the mover.
	 * @param journal where a move is written down while it is made
	 * @param replica led to a replica that has been moved to a directory of its own, and
	 * removed when one has been moved away
	 * @param position the position of the databases
	 * @param node this process
	 * @param afterStep called after each step
	 */
	ReplicaMoves(Path journal, ReplicaLink replica, PositionFile position, NodeIdentity node, Runnable afterStep) {
		this.journal = journal;
		this.replica = replica;
		this.position = position;
		this.node = node;
		this.afterStep = afterStep;
	}

	/**
	 * Moves a database.
	 * @param from where it is
	 * @param to where it goes; nothing may stand there
	 * @param newPosition the position from then on, null if there is none
	 * @throws IOException if a rename fails
	 * @throws HaClusterException if another move has been interrupted
	 */
	void move(ReplicaFile from, ReplicaFile to, @Nullable ReplicaPosition newPosition) throws IOException {
		requireNothingInterrupted();
		ReplicaMove move = ReplicaMove.plan(from, to, this.replica.isBelow(from), newPosition);
		move.write(this.journal);
		this.afterStep.run();
		move.perform(this.afterStep);
		settle(move);
		this.afterStep.run();
		strikeOut();
	}

	/**
	 * Requires that no move is to be finished first.
	 * @throws HaClusterException if one has been interrupted
	 */
	void requireNothingInterrupted() {
		if (Files.exists(this.journal)) {
			throw new HaClusterException(
					"A move of the database has been interrupted, and has to be finished first: " + this.journal);
		}
	}

	/**
	 * Finishes a move that has been interrupted.
	 * @return where the database is now; empty if no move had been interrupted, or the
	 * database is gone
	 * @throws IOException if a rename fails
	 * @throws HaClusterException if people have to say which file is to be kept
	 */
	Optional<ReplicaFile> finish() throws IOException {
		Optional<ReplicaMove> interrupted = ReplicaMove.read(this.journal);
		return interrupted.isPresent() ? finish(interrupted.get()) : Optional.empty();
	}

	private Optional<ReplicaFile> finish(ReplicaMove move) throws IOException {
		Path from = move.from().database();
		Path to = move.to().database();
		boolean moved = move.perform(this.afterStep);
		if (moved) {
			logger.info("[{}] Finished the interrupted move of {} to {}", this.node, from, to);
			settle(move);
		}
		else if (move.isTorn()) {
			throw new HaClusterException("A move of " + from + " to " + to
					+ " was interrupted, and the files are not those that were moved. "
					+ "Put the database and its -wal together at one of the two paths, and remove " + this.journal);
		}
		else {
			logger.warn("[{}] A move of {} to {} was interrupted, but the database is at neither path now", this.node,
					from, to);
		}
		strikeOut();
		return moved ? Optional.of(move.to()) : Optional.empty();
	}

	private void settle(ReplicaMove move) throws IOException {
		if (this.replica.isBelow(move.to())) {
			this.replica.lead(move.to());
			this.afterStep.run();
		}
		ReplicaPosition newPosition = move.position();
		if (newPosition != null) {
			this.position.write(newPosition);
		}
		else {
			this.position.delete();
		}
		this.replica.unlink(move.from());
		this.replica.clear();
	}

	private void strikeOut() throws IOException {
		Files.deleteIfExists(this.journal);
		PositionFile.syncDirectory(this.journal);
	}

}
