package io.hacluster.member;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.member.TermHistory.PastTerm;
import io.hacluster.member.TermHistory.StepTime;

/**
 * The stored form of a {@link PastTerm}.
 */
final class TermCodec {

	private static final int MAX_STEPS = 32;

	private TermCodec() {
	}

	static byte[] encode(PastTerm term) {
		Map<String, @Nullable Object> json = new LinkedHashMap<>();
		json.put("v", 1);
		json.put("epoch", term.epoch());
		json.put("leader", term.leader());
		json.put("from", term.from().toEpochMilli());
		json.put("to", (term.to() != null) ? term.to().toEpochMilli() : null);
		json.put("reason", RecordText.cleanOrNull(term.reason(), RecordText.SENTENCE));
		json.put("promotion", steps(term.promotion()));
		json.put("stepDown", steps(term.stepDown()));
		return MemberCodec.bytes(json);
	}

	private static List<Map<String, Object>> steps(List<StepTime> steps) {
		return steps.stream().limit(MAX_STEPS).map((step) -> {
			Map<String, Object> json = new LinkedHashMap<>();
			json.put("step", RecordText.clean(step.name(), RecordText.WORD));
			json.put("outcome", RecordText.clean(step.outcome(), RecordText.WORD));
			json.put("micros", Math.max(0, step.elapsed().toNanos() / 1000));
			return json;
		}).toList();
	}

	/**
	 * Decodes a record.
	 * @param key its key, which names the epoch
	 * @param record the bytes
	 * @return the term
	 * @throws IllegalArgumentException if the bytes are not the record of that term
	 */
	static PastTerm decode(String key, byte[] record) {
		RecordFields fields = RecordFields.of(record);
		long epoch = fields.number("epoch", 1, Long.MAX_VALUE);
		if (!StateKeys.term(epoch).equals(key)) {
			throw new IllegalArgumentException("it is the record of another term");
		}
		return new PastTerm(epoch, fields.node("leader"), fields.instant("from"), fields.optionalInstant("to"),
				fields.optionalText("reason", RecordText.SENTENCE), steps(fields, "promotion"),
				steps(fields, "stepDown"));
	}

	private static List<StepTime> steps(RecordFields fields, String name) {
		return fields.objects(name, MAX_STEPS)
			.stream()
			.map((step) -> new StepTime(step.text("step", RecordText.WORD), step.text("outcome", RecordText.WORD),
					step.micros("micros")))
			.toList();
	}

}
