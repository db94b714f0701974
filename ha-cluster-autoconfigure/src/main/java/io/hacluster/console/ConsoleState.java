package io.hacluster.console;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.json.JsonWriter;

import io.hacluster.ClusterRole;
import io.hacluster.NodeIdentity;
import io.hacluster.console.TransitionBoard.Transition;
import io.hacluster.lifecycle.StepReport;
import io.hacluster.member.ClusterView;
import io.hacluster.member.ClusterView.Pause;
import io.hacluster.member.ClusterView.Seen;
import io.hacluster.member.Member;
import io.hacluster.member.Members;
import io.hacluster.member.TermHistory;
import io.hacluster.member.TermHistory.PastTerm;
import io.hacluster.member.TermHistory.StepTime;
import io.hacluster.operation.ClusterDocument;

/**
 * What the page shows, as JSON. Bounded, whatever the other members publish.
 */
final class ConsoleState {

	/**
	 * How many members are shown.
	 */
	static final int MEMBERS = 64;

	private static final int TERMS = 50;

	private static final int STEPS = 32;

	private static final int TEXT = 1000;

	private static final JsonWriter<Object> JSON = JsonWriter.standard();

	private final NodeIdentity identity;

	private final Members members;

	private final TermHistory history;

	private final TransitionBoard board;

	private final ConsoleAccess access;

	private final Clock clock;

	ConsoleState(NodeIdentity identity, Members members, TermHistory history, TransitionBoard board,
			ConsoleAccess access, Clock clock) {
		this.identity = identity;
		this.members = members;
		this.history = history;
		this.board = board;
		this.access = access;
		this.clock = clock;
	}

	/**
	 * Writes values as JSON.
	 */
	static String json(Object value) {
		return JSON.writeToString(value);
	}

	/**
	 * Returns the state of this moment.
	 */
	String render() {
		ClusterView view = this.members.view();
		Map<String, Object> state = new LinkedHashMap<>();
		state.put("cluster", this.identity.cluster());
		state.put("node", this.identity.nodeId().value());
		state.put("at", this.clock.millis());
		state.put("writable", this.access == ConsoleAccess.UNRESTRICTED);
		state.put("current", view.current());
		state.put("leader",
				view.members()
					.stream()
					.filter((seen) -> seen.alive() && seen.member().role() == ClusterRole.LEADER)
					.map((seen) -> seen.member().nodeId().value())
					.findFirst()
					.orElse(null));
		state.put("pause", pause(view.pause()));
		state.put("members", view.members().stream().limit(MEMBERS).map(ConsoleState::member).toList());
		state.put("transition", transition(this.board.transition()));
		state.put("terms", this.history.terms().stream().limit(TERMS).map(ConsoleState::term).toList());
		return json(state);
	}

	private static @Nullable Map<String, Object> pause(@Nullable Pause pause) {
		if (pause == null) {
			return null;
		}
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("reason", text(pause.reason()));
		map.put("by", pause.by().value());
		map.put("since", pause.since().toEpochMilli());
		return map;
	}

	private static Map<String, Object> member(Seen seen) {
		Member member = seen.member();
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("id", member.nodeId().value());
		map.put("role", member.role().name());
		map.put("state", text(member.state()));
		map.put("alive", seen.alive());
		map.put("age", seen.age().toMillis());
		map.put("epoch", member.epoch());
		map.put("position", member.position());
		map.put("lag", ClusterDocument.seconds(member.lag()));
		map.put("backend", text(member.backend()));
		map.put("link", link(member.address()));
		map.put("labels", member.labels());
		map.put("priority", member.priority());
		map.put("eligible", member.eligible());
		map.put("failure", text(member.failure()));
		map.put("version", text(member.version()));
		return map;
	}

	private static @Nullable Map<String, Object> transition(@Nullable Transition transition) {
		if (transition == null) {
			return null;
		}
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("kind", transition.kind().name());
		map.put("epoch", transition.epoch().value());
		map.put("from", transition.startedAt().toEpochMilli());
		map.put("reason", text(transition.reason()));
		map.put("running", transition.running());
		map.put("step", transition.step());
		map.put("failure", text(transition.failure()));
		map.put("steps", transition.steps().stream().limit(STEPS).map(ConsoleState::step).toList());
		return map;
	}

	private static Map<String, Object> step(StepReport report) {
		Map<String, Object> map = new LinkedHashMap<>(
				step(report.name(), report.outcome().name(), report.elapsed().toMillis()));
		map.put("detail", text(report.detail()));
		return map;
	}

	private static Map<String, Object> step(StepTime step) {
		return step(step.name(), step.outcome(), step.elapsed().toMillis());
	}

	private static Map<String, Object> step(String name, String outcome, long millis) {
		return Map.of("name", name, "outcome", outcome, "ms", millis);
	}

	private static Map<String, Object> term(PastTerm term) {
		Map<String, Object> map = new LinkedHashMap<>();
		map.put("epoch", term.epoch());
		map.put("leader", term.leader().value());
		map.put("from", term.from().toEpochMilli());
		map.put("to", millis(term.to()));
		map.put("reason", text(term.reason()));
		map.put("promotion", term.promotion().stream().limit(STEPS).map(ConsoleState::step).toList());
		map.put("stepDown", term.stepDown().stream().limit(STEPS).map(ConsoleState::step).toList());
		return map;
	}

	/**
	 * An address becomes a link if it is one that a browser may follow, and tells no
	 * password.
	 */
	private static @Nullable String link(String address) {
		try {
			URI uri = new URI(address);
			boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
			return (web && uri.getHost() != null && uri.getUserInfo() == null) ? text(address) : null;
		}
		catch (URISyntaxException ex) {
			return null;
		}
	}

	private static @Nullable Long millis(@Nullable Instant instant) {
		return (instant != null) ? instant.toEpochMilli() : null;
	}

	private static @Nullable String text(@Nullable String value) {
		return (value != null && value.length() > TEXT) ? value.substring(0, TEXT) + "…" : value;
	}

}
