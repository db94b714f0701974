package io.hacluster.operation;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;
import io.hacluster.member.ClusterView;
import io.hacluster.member.Member;
import io.hacluster.member.TermHistory.PastTerm;
import io.hacluster.member.TermHistory.StepTime;

/**
 * The cluster as it is shown outside of it, the same by the endpoint, the NATS service
 * and the command line: values that become JSON, with durations in seconds. Names may be
 * added, and do not change.
 */
public final class ClusterDocument {

	private static final double MILLIS_PER_SECOND = 1000.0;

	private ClusterDocument() {
	}

	/**
	 * Shows the members.
	 * @param view the members
	 * @param leader who leads, {@code null} while nobody is known to
	 * @param epoch the epoch of the leader, or the latest that has been seen
	 * @return cluster, leader, epoch, pause, current and members
	 */
	public static Map<String, @Nullable Object> cluster(ClusterView view, @Nullable NodeId leader, long epoch) {
		Map<String, @Nullable Object> document = new LinkedHashMap<>();
		document.put("cluster", view.cluster());
		document.put("leader", (leader != null) ? leader.value() : null);
		document.put("epoch", epoch);
		document.put("pause", pause(view.pause()));
		document.put("current", view.current());
		document.put("members", view.members().stream().map((seen) -> member(seen, leader)).toList());
		return document;
	}

	private static @Nullable Map<String, Object> pause(ClusterView.@Nullable Pause pause) {
		if (pause == null) {
			return null;
		}
		Map<String, Object> document = new LinkedHashMap<>();
		document.put("reason", pause.reason());
		document.put("by", pause.by().value());
		document.put("since", pause.since().toString());
		return document;
	}

	private static Map<String, @Nullable Object> member(ClusterView.Seen seen, @Nullable NodeId leader) {
		Member member = seen.member();
		Map<String, @Nullable Object> document = new LinkedHashMap<>();
		document.put("nodeId", member.nodeId().value());
		document.put("alive", seen.alive());
		document.put("lastSeen", seconds(seen.age()));
		document.put("leader", member.nodeId().equals(leader));
		document.put("role", member.role().name());
		document.put("state", member.state());
		document.put("epoch", member.epoch());
		document.put("position", member.position());
		document.put("lag", seconds(member.lag()));
		document.put("backend", member.backend());
		document.put("address", member.address());
		document.put("labels", member.labels());
		document.put("priority", member.priority());
		document.put("eligible", member.eligible());
		document.put("failure", member.failure());
		document.put("version", member.version());
		return document;
	}

	/**
	 * Shows the terms.
	 * @param cluster the name of the cluster
	 * @param terms the terms, the newest first
	 * @return cluster and terms
	 */
	public static Map<String, @Nullable Object> history(String cluster, List<PastTerm> terms) {
		Map<String, @Nullable Object> document = new LinkedHashMap<>();
		document.put("cluster", cluster);
		document.put("terms", terms.stream().map(ClusterDocument::term).toList());
		return document;
	}

	private static Map<String, @Nullable Object> term(PastTerm term) {
		Map<String, @Nullable Object> document = new LinkedHashMap<>();
		document.put("epoch", term.epoch());
		document.put("leader", term.leader().value());
		document.put("from", term.from().toString());
		document.put("to", (term.to() != null) ? term.to().toString() : null);
		document.put("duration", (term.to() != null) ? seconds(Duration.between(term.from(), term.to())) : null);
		document.put("reason", term.reason());
		document.put("promotion", term.promotion().stream().map(ClusterDocument::step).toList());
		document.put("stepDown", term.stepDown().stream().map(ClusterDocument::step).toList());
		return document;
	}

	private static Map<String, @Nullable Object> step(StepTime step) {
		Map<String, @Nullable Object> document = new LinkedHashMap<>();
		document.put("name", step.name());
		document.put("outcome", step.outcome());
		document.put("duration", seconds(step.elapsed()));
		return document;
	}

	/**
	 * Shows a duration.
	 * @param duration the duration, may be {@code null}
	 * @return seconds, {@code null} for {@code null}
	 */
	public static @Nullable Double seconds(@Nullable Duration duration) {
		return (duration != null) ? duration.toMillis() / MILLIS_PER_SECOND : null;
	}

}
