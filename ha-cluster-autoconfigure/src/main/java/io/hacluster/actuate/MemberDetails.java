package io.hacluster.actuate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.hacluster.member.ClusterView;
import io.hacluster.member.Member;

/**
 * How health describes the nodes of the cluster.
 */
final class MemberDetails {

	private static final double MILLIS_PER_SECOND = 1000.0;

	private MemberDetails() {
	}

	static List<Map<String, Object>> of(ClusterView view) {
		return view.members().stream().map(MemberDetails::of).toList();
	}

	private static Map<String, Object> of(ClusterView.Seen seen) {
		Member member = seen.member();
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("nodeId", member.nodeId().value());
		details.put("role", member.role());
		details.put("state", member.state());
		details.put("alive", seen.alive());
		if (member.position() != null) {
			details.put("position", member.position());
		}
		if (member.lag() != null) {
			details.put("lag", member.lag().toMillis() / MILLIS_PER_SECOND);
		}
		return details;
	}

	static Map<String, Object> of(ClusterView.Pause pause) {
		return Map.of("reason", pause.reason(), "by", pause.by().value(), "since", pause.since());
	}

}
