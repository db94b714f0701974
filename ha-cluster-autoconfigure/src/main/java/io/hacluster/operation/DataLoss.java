package io.hacluster.operation;

import java.time.Duration;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;
import io.hacluster.election.Lease;
import io.hacluster.member.ClusterView;
import io.hacluster.member.ClusterView.Seen;
import io.hacluster.member.Member;

/**
 * What a new leader may not find in the log: what the last one has committed and not
 * shipped. One that has stepped down in order has shipped everything, unless the log did
 * not take it; one that has died, or says nothing, may have had more than it last said.
 */
final class DataLoss {

	private final ClusterView cluster;

	private final Progress progress;

	DataLoss(ClusterView cluster, Progress progress) {
		this.cluster = cluster;
		this.progress = progress;
	}

	/**
	 * Says what may be lost if nobody waits for the last leader.
	 * @param last the lease as it stands, {@code null} if there is none
	 * @return empty if nothing can be
	 */
	Optional<String> afterLeaderIsGone(@Nullable Lease last) {
		Long log = this.progress.logPosition();
		if (last == null || log == null) {
			return Optional.empty();
		}
		Seen seen = this.cluster.member(last.holder()).orElse(null);
		Member member = (seen != null) ? seen.member() : null;
		Long position = (member != null) ? member.position() : null;
		if (last.state() == Lease.State.RELEASED) {
			return (position != null && position > log)
					? Optional.of(last.holder() + " has stepped down at transaction " + position
							+ ", but the log ends at " + log + ": what is between them may be lost")
					: Optional.empty();
		}
		return Optional.of(last.holder() + " has led until now, in epoch " + last.epoch()
				+ ", and has not handed over: what it has committed after transaction "
				+ ((position != null) ? Math.max(position, log) : log) + " may be lost" + lastWords(seen));
	}

	private static String lastWords(@Nullable Seen seen) {
		if (seen == null) {
			return "";
		}
		Duration lag = seen.member().lag();
		return ". It has said nothing for " + Qualification.seconds(seen.age()) + ((lag == null || lag.isZero())
				? ", and had shipped everything then"
				: ", and transactions had been waiting to be shipped for " + Qualification.seconds(lag) + " then");
	}

	/**
	 * Says how much the target has to apply before it leads.
	 * @return for the end of a sentence, may be empty
	 */
	static String behind(ClusterView cluster, NodeId target, Progress progress) {
		Long log = progress.logPosition();
		Long position = cluster.member(target).map((seen) -> seen.member().position()).orElse(null);
		return (log != null && position != null && position < log)
				? "; it was " + (log - position) + " transactions behind the log, and has applied them before" : "";
	}

}
