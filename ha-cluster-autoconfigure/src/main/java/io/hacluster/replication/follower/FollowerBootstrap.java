package io.hacluster.replication.follower;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicationStatus.State;
import io.hacluster.replication.follower.FollowerEvent.Broken;
import io.hacluster.replication.follower.FollowerEvent.Fenced;
import io.hacluster.replication.follower.FollowerEvent.Received;
import io.hacluster.replication.follower.FollowerEvent.Unsound;
import io.hacluster.replication.follower.RejoinBase.Nothing;
import io.hacluster.replication.follower.RejoinBase.Replica;
import io.hacluster.replication.follower.ReplicaPosition.Place;
import io.hacluster.replication.ltx.RestorePlan;

/**
 * Builds a replica from the log, or waits for a log to build it from.
 */
final class FollowerBootstrap implements FollowerWatch.Handler {

	private static final Logger logger = LoggerFactory.getLogger(FollowerBootstrap.class);

	private final FollowerContext context;

	FollowerBootstrap(FollowerContext context) {
		this.context = context;
	}

	/**
	 * Restores, or waits until there is something to restore.
	 * @return on what to go on
	 * @throws IOException if the log cannot be read, or the replica not be written
	 */
	RejoinBase run() throws IOException {
		this.context.progress().state(State.RESTORING);
		Path temporary = this.context.files().copy();
		Optional<Fence> fence = this.context.store().currentFence();
		Optional<RestoreSource.Restored> restored = new RestoreSource(this.context.store(), this.context.node())
			.restore(temporary, RestorePlan.LATEST);
		if (restored.isEmpty()) {
			this.context.progress().restart(0, 0, LogOffset.START);
			this.context.progress().state(State.FOLLOWING);
			new FollowerWatch(this.context).run(this);
			return new Nothing();
		}
		long txid = restored.get().txid();
		Epoch epoch = fence.map(Fence::epoch).orElse(Epoch.NONE);
		this.context.files().replace(temporary);
		ReplicaPosition position = new ReplicaPosition(Place.REPLICA, txid, restored.get().offset(),
				fence.map(Fence::logId).orElse(""), epoch, ReplicaStamp.of(this.context.files().replica()));
		this.context.files().position().write(position);
		this.context.counters().restore();
		logger.info("[{}] Restored {} from the log, up to transaction {}", this.context.node(),
				this.context.files().replicaPath(), txid);
		return new Replica(position);
	}

	@Override
	public LogOffset offset() {
		return LogOffset.START;
	}

	@Override
	public boolean handle(FollowerEvent event) {
		if (event instanceof Fenced fenced) {
			this.context.progress().epoch(fenced.fence().epoch());
			this.context.progress().passed(fenced.fence().offset());
		}
		if (event instanceof Received received) {
			received.file().discard();
		}
		return !(event instanceof Received || event instanceof Unsound || event instanceof Broken);
	}

}
