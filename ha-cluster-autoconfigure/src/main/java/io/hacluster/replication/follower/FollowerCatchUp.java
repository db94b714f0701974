package io.hacluster.replication.follower;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.Fence;
import io.hacluster.replication.follower.FollowerEvent.Fenced;
import io.hacluster.replication.follower.FollowerEvent.Interrupted;
import io.hacluster.replication.follower.FollowerEvent.Reached;
import io.hacluster.replication.follower.FollowerEvent.Received;

/**
 * Gives all files up to the end of the log, for one transaction. After a crash the
 * replica may be further than its position says, so only the end of the log is surely a
 * state that it may show (Litestream's follower was torn by a crash while applying).
 */
final class FollowerCatchUp implements FollowerReplica.Source {

	private static final long POLL = TimeUnit.SECONDS.toNanos(1);

	private final FollowerContext context;

	private final Predicate<Fence> fences;

	private @Nullable FollowerFile first;

	private long next;

	private @Nullable Reached reached;

	private @Nullable FollowerEvent obstacle;

	/**
	 * Begins with a file.
	 * @param context where the others come from
	 * @param first the first file
	 * @param fences told of each fence; returns whether the log is still the same
	 */
	FollowerCatchUp(FollowerContext context, FollowerFile first, Predicate<Fence> fences) {
		this.context = context;
		this.first = first;
		this.next = first.header().maxTxid() + 1;
		this.fences = fences;
	}

	/**
	 * Returns what said that the end was reached.
	 * @return the event, null if it was not
	 */
	@Nullable Reached reached() {
		return this.reached;
	}

	/**
	 * Returns what kept this from the end.
	 * @return the event, null if nothing, or the follower is to stop
	 */
	@Nullable FollowerEvent obstacle() {
		return this.obstacle;
	}

	@Override
	public @Nullable FollowerFile next() throws IOException {
		FollowerFile result = this.first;
		this.first = null;
		while (result == null) {
			if (this.context.isStopping()) {
				throw new IOException("Stopped while catching up");
			}
			FollowerEvent event = this.context.queue().take(POLL);
			if (event instanceof Reached end) {
				this.reached = end;
				return null;
			}
			if (event != null) {
				result = handle(event);
			}
		}
		return result;
	}

	private @Nullable FollowerFile handle(FollowerEvent event) throws IOException {
		if (event instanceof Interrupted interrupted) {
			this.context.interrupted(interrupted.reason());
			return null;
		}
		if (event instanceof Received received && received.file().header().minTxid() <= this.next) {
			FollowerFile file = received.file();
			this.context.progress().received(received);
			if (file.header().maxTxid() < this.next) {
				file.discard();
				return null;
			}
			this.next = file.header().maxTxid() + 1;
			this.context.counters().applied(file.entry());
			return file;
		}
		if (event instanceof Fenced fenced && this.fences.test(fenced.fence())) {
			return null;
		}
		this.obstacle = event;
		throw new IOException("The log does not lead on");
	}

}
