package io.hacluster.samples.lab;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;

import io.hacluster.samples.lab.Traffic.Frame;
import io.hacluster.samples.lab.Traffic.Kind;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@link Sniffer} and {@link Traffic}, on frames as they pass.
 */
class SnifferTests {

	private static final int ADDRESS = 0x0a4d0064;

	private static final String A = "02:00:00:4d:00:01";

	private static final String B = "02:00:00:4d:00:02";

	private final Traffic traffic = new Traffic();

	@Test
	void kindTellsClaimsAnswersAndRequestsApart() {
		ByteBuffer announcement = frame(
				"ffffffffffff 0200004d0001 0806 0001080006040001 0200004d0001 0a4d0064 " + "000000000000 0a4d0064");
		ByteBuffer answer = frame("0200004d0014 0200004d0001 0800 45000028 00004000 40060000 0a4d0064 0a4d0014");
		ByteBuffer request = frame("0200004d0001 0200004d0014 0800 45000028 00004000 40060000 0a4d0014 0a4d0064");
		assertThat(Sniffer.kind(announcement, ADDRESS)).isEqualTo(Kind.CLAIM);
		assertThat(Sniffer.peer(announcement, Kind.CLAIM)).isEqualTo(A);
		assertThat(Sniffer.kind(answer, ADDRESS)).isEqualTo(Kind.ANSWER);
		assertThat(Sniffer.peer(answer, Kind.ANSWER)).isEqualTo(A);
		assertThat(Sniffer.kind(request, ADDRESS)).isEqualTo(Kind.REQUEST);
		assertThat(Sniffer.peer(request, Kind.REQUEST)).isEqualTo(A);
	}

	@Test
	void kindWhenTheFrameIsAboutAnotherAddressIsNone() {
		ByteBuffer question = frame(
				"ffffffffffff 0200004d0014 0806 0001080006040001 0200004d0014 0a4d0014 " + "000000000000 0a4d0064");
		assertThat(Sniffer.kind(question, ADDRESS)).isNull();
		assertThat(Sniffer.kind(frame("ffffffffffff"), ADDRESS)).isNull();
	}

	@Test
	void sentAfterCountsWhatTheFormerHolderSends() {
		add(1, Kind.ANSWER, B);
		add(11, Kind.ANSWER, A);
		add(12, Kind.ANSWER, B);
		assertThat(this.traffic.sentAfter(Kind.ANSWER, A, B, 10)).isZero();
		add(13, Kind.CLAIM, A);
		assertThat(this.traffic.sentAfter(Kind.ANSWER, A, B, 10)).isZero();
		add(14, Kind.ANSWER, A);
		assertThat(this.traffic.sentAfter(Kind.ANSWER, A, B, 10)).isOne();
		assertThat(this.traffic.sentAfter(Kind.ANSWER, A, B, 13)).isZero();
	}

	@Test
	void movedIsTheTimeFromTheClaimToTheFirstRequest() {
		add(11, Kind.REQUEST, B);
		assertThat(this.traffic.moved(B, 10)).isEmpty();
		add(12, Kind.CLAIM, B);
		add(13, Kind.REQUEST, A);
		assertThat(this.traffic.moved(B, 10)).isEmpty();
		add(17, Kind.REQUEST, B);
		assertThat(this.traffic.moved(B, 10)).contains(Duration.ofNanos(5));
	}

	private void add(long nanos, Kind kind, String peer) {
		this.traffic.add(new Frame(nanos, kind, peer));
	}

	private static ByteBuffer frame(String hex) {
		return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
	}

}
