package io.hacluster.member;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;
import io.hacluster.json.JsonWriter;

/**
 * The stored form of a {@link Member}: one JSON object, readable with any tool.
 */
final class MemberCodec {

	private static final long MAX_LEASE_MILLIS = Duration.ofHours(1).toMillis();

	private static final int MAX_PRIORITY = 1000;

	private MemberCodec() {
	}

	static byte[] encode(Member member) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("v", 1);
		json.put("node", member.nodeId());
		json.put("nonce", member.nonce());
		json.put("version", RecordText.clean(member.version(), RecordText.WORD));
		json.put("role", member.role());
		json.put("state", RecordText.clean(member.state(), RecordText.WORD));
		json.put("epoch", member.epoch());
		json.put("position", member.position());
		json.put("lagMs", millis(member.lag()));
		json.put("backend", RecordText.cleanOrNull(member.backend(), RecordText.WORD));
		json.put("address", RecordText.clean(member.address(), RecordText.ADDRESS));
		json.put("labels", member.labels());
		json.put("priority", member.priority());
		json.put("eligible", member.eligible());
		json.put("failure", RecordText.cleanOrNull(member.failure(), RecordText.SENTENCE));
		json.put("leaseMs", member.leaseDuration().toMillis());
		json.put("at", member.at().toEpochMilli());
		json.put("obstacle", RecordText.cleanOrNull(member.obstacle(), RecordText.ADDRESS));
		return bytes(json);
	}

	private static @Nullable Long millis(@Nullable Duration duration) {
		return (duration != null) ? Math.max(0, duration.toMillis()) : null;
	}

	/**
	 * Writes an object without the fields that are null.
	 */
	static byte[] bytes(Map<String, @Nullable Object> json) {
		json.values().removeIf((value) -> value == null);
		return JsonWriter.write(json).getBytes(StandardCharsets.UTF_8);
	}

	/**
	 * Decodes a record.
	 * @param node the node whose record it is by its key
	 * @param record the bytes
	 * @return the member
	 * @throws IllegalArgumentException if the bytes are not the record of that node
	 */
	static Member decode(NodeId node, byte[] record) {
		RecordFields fields = RecordFields.of(record);
		if (!fields.node("node").equals(node)) {
			throw new IllegalArgumentException("it is the record of another node");
		}
		return new Member(node, fields.text("nonce", RecordText.WORD), fields.text("version", RecordText.WORD),
				fields.constant("role", ClusterRole.class), fields.text("state", RecordText.WORD),
				fields.number("epoch", 0, Long.MAX_VALUE),
				fields.has("position") ? fields.number("position", 0, Long.MAX_VALUE) : null,
				fields.optionalMillis("lagMs"), fields.optionalText("backend", RecordText.WORD),
				fields.text("address", RecordText.ADDRESS), fields.labels("labels"),
				(int) fields.number("priority", 0, MAX_PRIORITY), fields.flag("eligible"),
				fields.optionalText("failure", RecordText.SENTENCE),
				Duration.ofMillis(fields.number("leaseMs", 1, MAX_LEASE_MILLIS)), fields.instant("at"),
				fields.optionalText("obstacle", RecordText.ADDRESS));
	}

}
