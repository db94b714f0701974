package io.hacluster.replication.follower;

import java.io.IOException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicationStatus.State;
import io.hacluster.replication.follower.FollowerEvent.Broken;
import io.hacluster.replication.follower.FollowerEvent.Fenced;
import io.hacluster.replication.follower.FollowerEvent.Reached;
import io.hacluster.replication.follower.FollowerEvent.Received;
import io.hacluster.replication.follower.FollowerEvent.Unsound;
import io.hacluster.replication.follower.RejoinBase.Ahead;
import io.hacluster.replication.follower.RejoinBase.Nothing;
import io.hacluster.replication.follower.ReplicaPosition.Place;

/**
 * Holds a database that may be ahead of the log, and watches whether another leader goes
 * on without it.
 */
final class FollowerHold implements FollowerWatch.Handler {

	private static final Logger logger = LoggerFactory.getLogger(FollowerHold.class);

	private final FollowerContext context;

	private final Ahead ahead;

	private LogOffset offset;

	private @Nullable RejoinBase next;

	private boolean judgeAgain;

	FollowerHold(FollowerContext context, Ahead ahead) {
		this.context = context;
		this.ahead = ahead;
		this.offset = ahead.tail();
	}

	/**
	 * Holds it until something changes.
	 * @return on what to go on, null if that has to be judged anew
	 * @throws IOException if files cannot be renamed
	 */
	@Nullable RejoinBase run() throws IOException {
		logger.info("[{}] {} is held as it is. {}", this.context.node(),
				this.context.files().pathOf(this.ahead.place()), this.ahead.reason());
		FollowerProgress progress = this.context.progress();
		progress.epoch(this.ahead.epoch());
		progress.restart(this.ahead.logTxid(), this.ahead.logTxid(), this.ahead.tail());
		progress.state(State.AHEAD);
		if (this.ahead.logTxid() == 0 && this.ahead.place() == Place.REPLICA) {
			progress.trouble(this.ahead.reason());
		}
		try {
			new FollowerWatch(this.context).run(this);
		}
		finally {
			progress.trouble(null);
		}
		if (this.judgeAgain) {
			return null;
		}
		RejoinBase result = this.next;
		return (result != null) ? result : this.ahead;
	}

	@Override
	public LogOffset offset() {
		return this.offset;
	}

	@Override
	public boolean handle(FollowerEvent event) throws IOException {
		if (event instanceof Received received) {
			received.file().discard();
			return file(received.file().entry());
		}
		if (event instanceof Unsound unsound) {
			return file(unsound.entry());
		}
		if (event instanceof Fenced fenced) {
			return fence(fenced.fence());
		}
		if (event instanceof Reached reached) {
			this.offset = reached.offset();
		}
		this.judgeAgain = event instanceof Broken;
		return !this.judgeAgain;
	}

	/**
	 * This node ships nothing while it holds the database, so what comes is another
	 * leader's.
	 */
	private boolean file(LogEntry entry) throws IOException {
		return entry.name().maxTxid() <= this.ahead.logTxid()
				|| overtaken("another leader has shipped " + entry.name() + " since");
	}

	private boolean fence(Fence fence) throws IOException {
		this.context.progress().epoch(fence.epoch());
		this.context.progress().passed(fence.offset());
		boolean seed = this.ahead.logTxid() == 0;
		return seed || !this.context.rejoin().isOvertaking(fence, this.ahead.epoch())
				|| overtaken(fence.node() + " has led since, in epoch " + fence.epoch());
	}

	private boolean overtaken(String reason) throws IOException {
		String logId = this.context.files().position().read().map(ReplicaPosition::logId).orElse("");
		ReplicaPosition position = new ReplicaPosition(this.ahead.place(), this.ahead.logTxid(), this.ahead.tail(),
				logId, this.ahead.epoch(), null);
		this.context.rejoin()
			.setAside(this.ahead.place(), position, "it may hold transactions that the log lacks, and " + reason);
		this.next = new Nothing();
		return false;
	}

}
