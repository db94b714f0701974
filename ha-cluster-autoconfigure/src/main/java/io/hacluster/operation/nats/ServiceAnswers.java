package io.hacluster.operation.nats;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.Leadership;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.json.JsonWriter;
import io.hacluster.member.Members;
import io.hacluster.operation.ClusterDocument;
import io.hacluster.operation.OperationResult;

/**
 * What is answered, as JSON.
 */
final class ServiceAnswers {

	private final NodeIdentity identity;

	private final Leadership leadership;

	private final Supplier<String> state;

	private final Members members;

	ServiceAnswers(NodeIdentity identity, Leadership leadership, Supplier<String> state, Members members) {
		this.identity = identity;
		this.leadership = leadership;
		this.state = state;
		this.members = members;
	}

	/**
	 * Describes this node: its own words, that nothing has to be asked for.
	 */
	String ping() {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("cluster", this.identity.cluster());
		json.put("nodeId", this.identity.nodeId().value());
		json.put("role", this.leadership.role().name());
		json.put("state", this.state.get());
		json.put("epoch", this.leadership.epoch().value());
		NodeId leader = leader();
		json.put("leader", (leader != null) ? leader.value() : null);
		return JsonWriter.write(json);
	}

	/**
	 * Describes the cluster.
	 */
	String status() {
		return JsonWriter
			.write(ClusterDocument.cluster(this.members.view(), leader(), this.leadership.epoch().value()));
	}

	static String result(OperationResult result) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("outcome", result.outcome().name());
		json.put("message", result.message());
		NodeId leader = result.leader();
		json.put("leader", (leader != null) ? leader.value() : null);
		json.put("epoch", (leader != null) ? result.epoch() : null);
		return JsonWriter.write(json);
	}

	static String invalid(String message) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("outcome", "INVALID");
		json.put("message", message);
		return JsonWriter.write(json);
	}

	private @Nullable NodeId leader() {
		return this.leadership.leader().map(Leadership.Leader::nodeId).orElse(null);
	}

}
