package io.hacluster.operation;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;
import io.hacluster.member.ClusterView;
import io.hacluster.member.ClusterView.Seen;
import io.hacluster.member.ControlRecords;
import io.hacluster.member.LeadershipRequest;
import io.hacluster.member.LeadershipRequest.Kind;
import io.hacluster.member.LeadershipRequest.State;
import io.hacluster.member.StateConflictException;
import io.hacluster.member.Stored;

/**
 * Puts up a request and takes it back, for whoever asks: a node, or somebody who is none.
 * Thread-safe.
 */
final class RequestSlot {

	private final ControlRecords records;

	RequestSlot(ControlRecords records) {
		this.records = records;
	}

	/**
	 * Makes a request. A failover that is accepted from the beginning, since nobody
	 * leads, takes the place of an open request that nothing can come of.
	 * @param request the request
	 * @param cluster who is there
	 * @return the request as stored
	 * @throws StateConflictException if another one is under way
	 */
	Stored<LeadershipRequest> submit(LeadershipRequest request, ClusterView cluster) {
		if (request.kind() == Kind.FAILOVER && request.state() == State.ACCEPTED) {
			Stored<LeadershipRequest> stored = this.records.request().orElse(null);
			if (stored != null && stored.value().isOpen() && isHopeless(stored.value(), request, cluster)) {
				this.records.replace(stored,
						stored.value().in(State.FAILED, "Replaced by a " + LeaderDesk.describe(request)));
			}
		}
		return this.records.submit(request);
	}

	/**
	 * Returns whether an open request is for a node that is gone, or about a term that
	 * there has not been. Nobody leads who could put it away.
	 */
	private static boolean isHopeless(LeadershipRequest open, LeadershipRequest next, ClusterView cluster) {
		NodeId target = open.target();
		return open.fromEpoch() > next.fromEpoch() || target == null
				|| cluster.member(target).filter(Seen::alive).isEmpty();
	}

	/**
	 * Takes a request back that nobody has begun with, or that has ended a term and no
	 * other has begun, so that nothing comes of it later.
	 * @param stored the request
	 * @param unledEpoch the epoch of the last term if nobody leads, otherwise
	 * {@code null}
	 * @return whether it has been taken back
	 * @throws StateConflictException if it has been changed
	 */
	boolean takeBack(Stored<LeadershipRequest> stored, @Nullable Long unledEpoch) {
		LeadershipRequest request = stored.value();
		if (request.state() == State.REQUESTED) {
			this.records.replace(stored, request.in(State.FAILED, "Nobody has taken it up"));
			return true;
		}
		if (request.state() == State.ACCEPTED && unledEpoch != null && unledEpoch == request.fromEpoch()) {
			this.records.replace(stored, request.in(State.FAILED, "Not finished in time"));
			return true;
		}
		return false;
	}

}
