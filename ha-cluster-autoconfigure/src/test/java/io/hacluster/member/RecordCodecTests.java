package io.hacluster.member;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

import org.junit.jupiter.api.Test;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;
import io.hacluster.json.JsonReader;
import io.hacluster.member.ClusterView.Pause;
import io.hacluster.member.TermHistory.PastTerm;
import io.hacluster.member.TermHistory.StepTime;
import io.hacluster.test.Fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link MemberCodec}, {@link TermCodec} and {@link ControlCodec}: what is
 * written can be read, and what is not in order is refused by one kind of exception.
 */
class RecordCodecTests {

	private static final NodeId A = new NodeId("node-a");

	private static final Member MEMBER = MemberFixtures.member("node-a");

	private static final PastTerm TERM = new PastTerm(7, A, MemberFixtures.AT, MemberFixtures.AT.plusSeconds(5),
			"asked to step down", List.of(new StepTime("start-backend", "DONE", Duration.ofMillis(12))),
			List.of(new StepTime("stop-backend", "FAILED", Duration.ofMillis(5))));

	private static final LeadershipRequest REQUEST = new LeadershipRequest("id-1", LeadershipRequest.Kind.FAILOVER, 7,
			A, true, new NodeId("node-b"), MemberFixtures.AT, LeadershipRequest.State.ACCEPTED, "on its way");

	private static Member decode(String json) {
		return MemberCodec.decode(A, json.getBytes(StandardCharsets.UTF_8));
	}

	private static String json() {
		return new String(MemberCodec.encode(MEMBER), StandardCharsets.UTF_8);
	}

	@Test
	void whatIsWrittenIsRead() {
		assertThat(MemberCodec.decode(A, MemberCodec.encode(MEMBER))).isEqualTo(MEMBER);
		Member least = new Member(A, "n", "", ClusterRole.LEADER, "", 0, null, null, null, "", Map.of(), 0, false, null,
				Duration.ofMillis(1), MemberFixtures.AT);
		assertThat(MemberCodec.decode(A, MemberCodec.encode(least))).isEqualTo(least);
		Member kept = new Member(A, "n", "", ClusterRole.FOLLOWER, "", 0, null, null, null, "", Map.of(), 0, false,
				null, Duration.ofMillis(1), MemberFixtures.AT, "it has no replica yet");
		assertThat(MemberCodec.decode(A, MemberCodec.encode(kept))).isEqualTo(kept);
		assertThat(TermCodec.decode("term.7", TermCodec.encode(TERM))).isEqualTo(TERM);
		Pause pause = new Pause("why", A, MemberFixtures.AT);
		assertThat(ControlCodec.decodePause(ControlCodec.encode(pause))).contains(pause);
		assertThat(ControlCodec.decodePause(ControlCodec.encode((Pause) null))).isEmpty();
		assertThat(ControlCodec.decodeRequest(ControlCodec.encode(REQUEST))).isEqualTo(REQUEST);
	}

	@Test
	void largestMemberFitsIntoARecord() {
		Map<String, String> labels = new TreeMap<>();
		for (int i = 0; i < MemberLabels.MAX_LABELS; i++) {
			labels.put("l".repeat(61) + (10 + i), "\u20ac".repeat(MemberLabels.MAX_VALUE));
		}
		String text = "\u20ac".repeat(5000);
		Member largest = new Member(A, "n".repeat(64), text, ClusterRole.LEADER, text, Long.MAX_VALUE / 10,
				Long.MAX_VALUE / 10, Duration.ofDays(30000), text, text, MemberLabels.check(labels), 1000, true, text,
				Duration.ofHours(1), MemberFixtures.AT, text);
		byte[] bytes = MemberCodec.encode(largest);
		assertThat(bytes).hasSizeLessThanOrEqualTo(StateStore.MAX_BYTES);
		assertThat(MemberCodec.decode(A, bytes).failure()).hasSize(RecordText.SENTENCE);
		assertThat(MemberCodec.decode(A, bytes).labels()).isEqualTo(labels);
	}

	@Test
	void unknownFieldsAreIgnored() {
		String later = json().replace("{\"v\":1,",
				"{\"future\":{\"a\":[1.5e3,null,true,{\"b\":\"c\"}]},\"big\":123456789012345678901,\"v\":1,");
		assertThat(decode(later)).isEqualTo(MEMBER);
	}

	@Test
	void whatIsOutOfBoundsIsRefused() {
		assertRefused(json().replace("\"v\":1", "\"v\":2"));
		assertRefused(json().replace("node-a", "node-b"));
		assertRefused(json().replace("\"epoch\":1", "\"epoch\":-1"));
		assertRefused(json().replace("\"epoch\":1", "\"epoch\":1.5"));
		assertRefused(json().replace("\"priority\":100", "\"priority\":1001"));
		assertRefused(json().replace("\"leaseMs\":10000", "\"leaseMs\":3600001"));
		assertRefused(json().replace("\"leaseMs\":10000", "\"leaseMs\":0"));
		assertRefused(json().replace("FOLLOWER\",\"state", "KING\",\"state"));
		assertRefused(json().replace("10.0.0.1:8080", "a\\u001b[2J"));
		assertRefused(json().replace("10.0.0.1:8080", "a\\u202eb"));
		assertRefused(json().replace("10.0.0.1:8080", "x".repeat(256)));
		assertRefused(json().replace("10.0.0.1:8080", "\\ud800"));
		assertRefused(json().replace("\"zone\"", "\"zo ne\""));
		assertRefused(json().replace("\"zone\":\"a\"", "\"zone\":1"));
		assertRefused(json().replace("\"zone\":\"a\"", "\"zone\":\"" + "x".repeat(129) + "\""));
		assertRefused(json() + "x");
		assertRefused("[]");
		assertRefused("");
		assertRefused("{\"a\":".repeat(9) + "1" + "}".repeat(9));
		assertRefused("{\"v\":1,\"v\":1}");
		assertRefused("{\"x\":\"" + "y".repeat(StateStore.MAX_BYTES) + "\"}");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> MemberCodec.decode(A, new byte[] { '{', (byte) 0xff, '}' }));
	}

	private static void assertRefused(String json) {
		assertThat(json).isNotEqualTo(json());
		assertThatIllegalArgumentException().isThrownBy(() -> decode(json));
	}

	@Test
	void tooManyLabelsAreRefusedAndSaidSo() {
		Map<String, String> labels = new TreeMap<>();
		for (int i = 0; i <= MemberLabels.MAX_LABELS; i++) {
			labels.put("label-" + i, "");
		}
		assertThatIllegalArgumentException().isThrownBy(() -> MemberLabels.check(labels)).withMessageContaining("16");
		assertThatIllegalArgumentException().isThrownBy(() -> MemberLabels.check(Map.of("a b", "c")))
			.withMessageContaining("'a b'");
	}

	@Test
	void jsonIsReadAsTheSpecificationHasIt() {
		assertThat(JsonReader.object(" { \"a\\u0041\\n\" : [ 1 , -2 , 0 , \"x\" , {} , [] , null ] , \"b\" : null } "))
			.isEqualTo(Map.of("aA\n", List.of(1L, -2L, 0L, "x", Map.of(), List.of())));
		for (String wrong : List.of("{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":1e}", "{\"a\":+1}", "{\"a\":tru}",
				"{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"\n\"}",
				"{\"a\":-}", "{a:1}", "{\"a\":1}{", "null", "{\"a\":NaN}", "{\"a\":[1 2]}")) {
			assertThatIllegalArgumentException().as(wrong).isThrownBy(() -> JsonReader.object(wrong));
		}
	}

	@Test
	void damagedRecordsAreReadOrRefusedWithinBounds() throws Exception {
		List<byte[]> records = List.of(MemberCodec.encode(MEMBER), TermCodec.encode(TERM),
				ControlCodec.encode(new Pause("why", A, MemberFixtures.AT)), ControlCodec.encode(REQUEST));
		Random random = new Random(20260101);
		Fuzz fuzz = new Fuzz(1 << 17, 256);
		List<Fuzz.Parser<Object>> parsers = new ArrayList<>();
		parsers.add((bytes) -> MemberCodec.decode(A, bytes));
		parsers.add((bytes) -> TermCodec.decode("term.7", bytes));
		parsers.add(ControlCodec::decodePause);
		parsers.add(ControlCodec::decodeRequest);
		int read = 0;
		for (int i = 0; i < 20000; i++) {
			byte[] damaged = Fuzz.damage(records.get(i % records.size()), records, random);
			for (Fuzz.Parser<Object> parser : parsers) {
				try {
					fuzz.parse(damaged, parser);
					read++;
				}
				catch (IllegalArgumentException ex) {
					assertThat(ex.getMessage()).hasSizeLessThan(1000);
				}
			}
		}
		assertThat(read).isPositive();
		assertThat(fuzz.inputs()).isEqualTo(80000);
	}

}
