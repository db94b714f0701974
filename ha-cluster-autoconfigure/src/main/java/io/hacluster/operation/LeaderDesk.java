package io.hacluster.operation;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.member.ClusterView;
import io.hacluster.member.ControlRecords;
import io.hacluster.member.LeadershipRequest;
import io.hacluster.member.LeadershipRequest.State;
import io.hacluster.member.Stored;

/**
 * What the leader does about a request: it refuses it, or says that it steps down for it
 * and then does. One about an earlier term, or too old, it puts away. Called at each
 * change of the request, and at intervals.
 */
final class LeaderDesk implements Runnable {

	private static final Logger logger = LoggerFactory.getLogger(LeaderDesk.class);

	private final NodeIdentity identity;

	private final ControlRecords records;

	private final RequestWatch watch;

	private final Leadership leadership;

	private final Supplier<ClusterView> view;

	private final Duration maxLag;

	private final Consumer<String> stepDown;

	private final Supplier<Optional<String>> loss;

	LeaderDesk(NodeIdentity identity, ControlRecords records, RequestWatch watch, Leadership leadership,
			Supplier<ClusterView> view, Duration maxLag, Consumer<String> stepDown, Supplier<Optional<String>> loss) {
		this.identity = identity;
		this.records = records;
		this.watch = watch;
		this.leadership = leadership;
		this.view = view;
		this.maxLag = maxLag;
		this.stepDown = stepDown;
		this.loss = loss;
	}

	@Override
	public void run() {
		Stored<LeadershipRequest> stored = this.records.latestRequest().orElse(null);
		if (stored == null || !stored.value().isOpen() || !this.leadership.isLeader()) {
			return;
		}
		LeadershipRequest request = stored.value();
		long epoch = this.leadership.epoch().value();
		if (request.fromEpoch() != epoch || !this.watch.holds(request)) {
			String loss = this.loss.get().orElse("");
			if (request.fromEpoch() >= epoch) {
				conclude(stored, State.FAILED, "It is too old, or not about epoch " + epoch);
			}
			else if (this.identity.nodeId().equals(request.target())) {
				conclude(stored, State.DONE, loss);
			}
			else {
				conclude(stored, State.FAILED,
						this.identity.nodeId() + " leads in epoch " + epoch + " instead" + after(". ", loss));
			}
			return;
		}
		if (request.state() == State.REQUESTED) {
			String reason = whyNot(request);
			if (reason != null) {
				conclude(stored, State.REFUSED, reason);
				return;
			}
			this.records.replace(stored, request.in(State.ACCEPTED, this.identity.nodeId() + " steps down"));
		}
		// Not before the others know whom they leave the race to
		this.stepDown.accept(describe(request));
	}

	private void conclude(Stored<LeadershipRequest> stored, State state, String message) {
		this.records.replace(stored, stored.value().in(state, message));
		logger.info("[{}] The {} is {}{}", this.identity, describe(stored.value()), state, after(": ", message));
	}

	private @Nullable String whyNot(LeadershipRequest request) {
		NodeId target = request.target();
		if (target == null) {
			return "it names no node";
		}
		Duration limit = (request.kind() == LeadershipRequest.Kind.SWITCHOVER) ? this.maxLag : null;
		return new Qualification(this.view.get(), this.identity.nodeId(), limit).whyNot(target);
	}

	/**
	 * Says who is to lead, and who was asked.
	 */
	static String describe(LeadershipRequest request) {
		return text(request.kind()) + " to " + Objects.toString(request.target(), "any node")
				+ " that was asked for on " + request.requestedBy();
	}

	/**
	 * Says that a request has been taken back since the leader has not answered.
	 */
	static String noAnswer(LeadershipRequest request, String within) {
		boolean forced = request.kind() == LeadershipRequest.Kind.FAILOVER && !request.acceptDataLoss();
		return "The leader has not answered" + within
				+ ": the request has been taken back, and nothing has been changed"
				+ (forced ? "; say that data loss is accepted to go on without its answer" : "");
	}

	/**
	 * Returns what came of a request that is done. One that was to lose nothing, and may
	 * have, is no success.
	 */
	static OperationResult.Outcome outcome(LeadershipRequest done) {
		return (done.message().isEmpty() || done.acceptDataLoss()) ? OperationResult.Outcome.DONE
				: OperationResult.Outcome.FAILED;
	}

	static String refusal(LeadershipRequest request) {
		return "The leader has refused: " + request.message();
	}

	/**
	 * Puts something between what has been said and what may be said besides.
	 */
	static String after(String separator, String message) {
		return message.isEmpty() ? "" : separator + message;
	}

	static String text(LeadershipRequest.Kind kind) {
		return (kind == LeadershipRequest.Kind.SWITCHOVER) ? "switchover" : "failover";
	}

}
