package io.hacluster.replication.follower;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Epoch;
import io.hacluster.HaClusterException;
import io.hacluster.StoreUnavailableException;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogOffset;
import io.hacluster.replication.ReplicationStatus.State;
import io.hacluster.replication.follower.FollowerEvent.Broken;
import io.hacluster.replication.follower.FollowerEvent.Fenced;
import io.hacluster.replication.follower.FollowerEvent.Reached;
import io.hacluster.replication.follower.FollowerEvent.Received;
import io.hacluster.replication.follower.FollowerEvent.Unsound;
import io.hacluster.replication.ltx.LtxName;

/**
 * Applies to the replica what the log delivers, in the order of its transactions. What
 * has come meanwhile is applied as one. Where the tail does not lead on, because a file
 * is unsound or missing, the listing is asked for another way.
 */
final class FollowerApplier implements FollowerWatch.Handler {

	private static final Logger logger = LoggerFactory.getLogger(FollowerApplier.class);

	private static final long MAX_MERGED = 32L << 20;

	private final FollowerContext context;

	private final FollowerReplica replica;

	private final FollowerProgress progress;

	private final List<FollowerFile> pending = new ArrayList<>();

	private long pendingWeight;

	private long next;

	private boolean sameLog = true;

	private @Nullable String obstacle;

	private @Nullable LtxName unsound;

	FollowerApplier(FollowerContext context, FollowerReplica replica) {
		this.context = context;
		this.replica = replica;
		this.progress = context.progress();
		this.next = replica.position().txid() + 1;
	}

	/**
	 * Follows until the log does not lead on, or the follower is to stop.
	 * @return whether it is still the same log
	 * @throws IOException if the replica cannot be written, or there is no way on
	 */
	boolean run() throws IOException {
		this.progress.state(State.FOLLOWING);
		try {
			new FollowerWatch(this.context).run(this);
			if (this.obstacle != null && this.sameLog) {
				circumvent(this.obstacle);
			}
			return this.sameLog;
		}
		finally {
			this.pending.forEach(FollowerFile::discard);
		}
	}

	@Override
	public LogOffset offset() {
		return this.replica.position().offset();
	}

	@Override
	public boolean handle(FollowerEvent event) throws IOException {
		if (event instanceof Received received) {
			return file(received);
		}
		if (event instanceof Unsound found) {
			return found.entry().name().maxTxid() < this.next || unsound(found);
		}
		if (event instanceof Fenced fenced) {
			return fenceAtEnd(fenced.fence());
		}
		if (event instanceof Reached reached) {
			reached(reached);
		}
		return !(event instanceof Broken broken) || broken(broken.reason());
	}

	private boolean file(Received received) throws IOException {
		FollowerFile file = received.file();
		boolean again = file.header().maxTxid() + 1 == this.next
				&& file.entry().offset().compareTo(this.replica.position().offset()) > 0 && this.pending.isEmpty();
		if (file.header().maxTxid() < this.next && !again) {
			file.discard();
			return true;
		}
		if (file.header().minTxid() > this.next) {
			file.discard();
			return obstructed("Transactions " + this.next + " to " + (file.header().minTxid() - 1)
					+ " are missing before " + file.entry().name());
		}
		this.progress.received(received);
		if (!this.replica.isExact()) {
			return catchUp(file);
		}
		this.pending.add(file);
		this.pendingWeight += file.weight();
		this.next = file.header().maxTxid() + 1;
		if (this.context.queue().isEmpty() || this.pendingWeight >= MAX_MERGED) {
			applyPending();
		}
		return true;
	}

	private boolean unsound(Unsound found) throws IOException {
		this.unsound = found.entry().name();
		return obstructed(found.entry().name() + " cannot be applied: " + found.reason());
	}

	private boolean obstructed(String reason) throws IOException {
		applyPending();
		this.obstacle = reason;
		return false;
	}

	private boolean fenceAtEnd(Fence fence) throws IOException {
		applyPending();
		if (!fence(fence)) {
			return false;
		}
		if (this.replica.isExact()) {
			this.progress.passed(fence.offset());
		}
		return true;
	}

	private boolean fence(Fence fence) {
		ReplicaPosition position = this.replica.position();
		if (!position.logId().isEmpty() && !position.logId().equals(fence.logId())) {
			this.sameLog = false;
			this.progress.failed("The log has been wiped: it is another one now");
			return false;
		}
		if (fence.epoch().compareTo(position.epoch()) < 0) {
			logger.warn("[{}] The fence of {} in epoch {} comes after epoch {} and is ignored", this.context.node(),
					fence.node(), fence.epoch(), position.epoch());
			return true;
		}
		Epoch epoch = fence.epoch();
		this.progress.epoch(epoch);
		this.replica.fenced(fence.logId(), epoch);
		return true;
	}

	private void reached(Reached reached) throws IOException {
		if (this.replica.isExact()) {
			applyPending();
		}
		else {
			apply(List.of());
		}
		this.replica.reached(reached.offset());
	}

	/**
	 * Another log, or what comes next has been retired.
	 */
	private boolean broken(String reason) throws IOException {
		this.progress.failed(reason);
		this.sameLog = this.context.rejoin().isSameLog(this.replica.position());
		return this.sameLog && obstructed(reason);
	}

	private boolean catchUp(FollowerFile first) throws IOException {
		FollowerCatchUp source = new FollowerCatchUp(this.context, first, this::fence);
		try {
			this.replica.apply(source);
		}
		catch (IOException ex) {
			FollowerEvent event = source.obstacle();
			if (event != null) {
				// Nothing has been applied, so the obstacle is met as if it came first
				return handle(event) && this.sameLog;
			}
			if (this.context.isStopping()) {
				return false;
			}
			throw ex;
		}
		ReplicaPosition position = this.replica.position();
		this.next = position.txid() + 1;
		this.context.counters().applied(first.entry());
		this.progress.applied(position.txid(), position.offset());
		Reached reached = source.reached();
		if (reached != null) {
			this.replica.reached(reached.offset());
			this.progress.recovered();
			this.progress.reached(reached);
		}
		return true;
	}

	private void applyPending() throws IOException {
		if (!this.pending.isEmpty()) {
			List<FollowerFile> files = List.copyOf(this.pending);
			this.pending.clear();
			this.pendingWeight = 0;
			apply(files);
			this.progress.recovered();
		}
	}

	private void apply(List<FollowerFile> files) throws IOException {
		Iterator<FollowerFile> iterator = files.iterator();
		try {
			this.replica.apply(() -> iterator.hasNext() ? iterator.next() : null);
		}
		finally {
			files.forEach(FollowerFile::discard);
		}
		files.forEach((file) -> this.context.counters().applied(file.entry()));
		ReplicaPosition position = this.replica.position();
		this.progress.applied(position.txid(), position.offset());
	}

	private void circumvent(String reason) throws IOException {
		if (!this.progress.isFailing()) {
			logger.warn("[{}] {}; looking for another way in the log", this.context.node(), reason);
			this.progress.failed(reason);
		}
		try {
			if (new FollowerResume(this.context, this.replica).circumvent(this.unsound)) {
				this.progress.recovered();
			}
			else {
				this.context.pause();
			}
		}
		catch (StoreUnavailableException | ReplicaChangedException ex) {
			throw ex;
		}
		catch (HaClusterException ex) {
			throw new HaClusterException(reason + ". " + ex.getMessage(), ex);
		}
	}

}
