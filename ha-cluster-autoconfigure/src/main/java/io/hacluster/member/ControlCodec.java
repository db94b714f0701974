package io.hacluster.member;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.hacluster.member.ClusterView.Pause;

/**
 * The stored form of what an operator asks for.
 */
final class ControlCodec {

	private ControlCodec() {
	}

	/**
	 * Encodes a pause, or that there is none.
	 */
	static byte[] encode(@Nullable Pause pause) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("v", 1);
		json.put("paused", pause != null);
		if (pause != null) {
			json.put("reason", RecordText.clean(pause.reason(), RecordText.SENTENCE));
			json.put("by", pause.by());
			json.put("since", pause.since().toEpochMilli());
		}
		return MemberCodec.bytes(json);
	}

	static Optional<Pause> decodePause(byte[] record) {
		RecordFields fields = RecordFields.of(record);
		return fields.flag("paused") ? Optional
			.of(new Pause(fields.text("reason", RecordText.SENTENCE), fields.node("by"), fields.instant("since")))
				: Optional.empty();
	}

	static byte[] encode(LeadershipRequest request) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("v", 1);
		json.put("id", RecordText.clean(request.id(), RecordText.WORD));
		json.put("kind", request.kind());
		json.put("fromEpoch", request.fromEpoch());
		json.put("target", request.target());
		json.put("acceptDataLoss", request.acceptDataLoss());
		json.put("requestedBy", request.requestedBy());
		json.put("at", request.at().toEpochMilli());
		json.put("state", request.state());
		json.put("message", RecordText.clean(request.message(), RecordText.SENTENCE));
		return MemberCodec.bytes(json);
	}

	static LeadershipRequest decodeRequest(byte[] record) {
		RecordFields fields = RecordFields.of(record);
		String id = fields.text("id", RecordText.WORD);
		if (id.isEmpty()) {
			throw new IllegalArgumentException("'id' is empty");
		}
		return new LeadershipRequest(id, fields.constant("kind", LeadershipRequest.Kind.class),
				fields.number("fromEpoch", 0, Long.MAX_VALUE), fields.optionalNode("target"),
				fields.flag("acceptDataLoss"), fields.node("requestedBy"), fields.instant("at"),
				fields.constant("state", LeadershipRequest.State.class), fields.text("message", RecordText.SENTENCE));
	}

}
