package io.hacluster.samples.lab;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

import org.junit.jupiter.api.Test;

import io.hacluster.samples.lab.Finding.Verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link Findings} and what goes into them.
 */
class FindingsTests {

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final Findings findings = new Findings(
			new Progress(new PrintStream(this.out, true, StandardCharsets.UTF_8)));

	@Test
	void verdictIsThatOfTheBar() {
		assertThat(Finding.below("lag", 4.9, 5, "ms").verdict()).isEqualTo(Verdict.MET);
		assertThat(Finding.below("lag", 5, 5, "ms").verdict()).isEqualTo(Verdict.MISSED);
		assertThat(Finding.atMost("cpu", 1, 1, "times").verdict()).isEqualTo(Verdict.MET);
		assertThat(Finding.atMost("cpu", 1.01, 1, "times").verdict()).isEqualTo(Verdict.MISSED);
		assertThat(Finding.atLeast("restore", 1.5, 1.5, "times").verdict()).isEqualTo(Verdict.MET);
		assertThat(Finding.atLeast("restore", 1.49, 1.5, "times").verdict()).isEqualTo(Verdict.MISSED);
	}

	@Test
	void tableHoldsFigureBarAndVerdict() {
		this.findings.add(Finding.below("lag", 1.234, 5, "ms"));
		this.findings.add(Finding.stated("speed", 1234.4, "commits/s").and("; quiet"));
		this.findings.add(Finding.skipped("beside", "there is none"));
		assertThat(this.findings.table()).isEqualTo("""
				| measured | bar | result | |
				|---|---|---|---|
				| lag | < 5 ms | 1.23 ms | met |
				| speed |  | 1234 commits/s; quiet |  |
				| beside |  | skipped: there is none | skipped |
				""");
		assertThat(this.findings.isWanting()).isFalse();
		assertThat(this.out.toString(StandardCharsets.UTF_8)).contains("lag: 1.23 ms (bar: < 5 ms, MET)");
	}

	@Test
	void isWantingWhenARowBrokeOrABarIsMissed() {
		this.findings.add(Finding.failed("memory", "jcmd | is\nmissing"));
		assertThat(this.findings.isWanting()).isTrue();
		assertThat(this.findings.table()).contains("| memory |  | failed: jcmd / is missing | failed |");
	}

	@Test
	void jsonHoldsNumbers() {
		this.findings.add(Finding.atLeast("ratio", 120.25, 100, "times"));
		assertThat(this.findings.json()).isEqualTo("[{\"measured\":\"ratio\",\"result\":\"120 times\",\"value\":120.25,"
				+ "\"bar\":\">= 100 times\",\"verdict\":\"met\"}]");
	}

	@Test
	void parseOfHistogramReadsTheTotal() {
		String histogram = """
				 num     #instances         #bytes  class name (module)
				-------------------------------------------------------
				   1:         33333        2097152  [B (java.base@17)
				Total         40000        3145728
				""";
		assertThat(Heap.parse(histogram)).isEqualTo(3);
		assertThatExceptionOfType(LabException.class).isThrownBy(() -> Heap.parse("12: Operation not permitted"))
			.withMessageContaining("Operation not permitted");
	}

	@Test
	void turnIsReadAsItIsWritten() {
		StreamingWriter.Turn turn = new StreamingWriter.Turn(3, 1, 1_000_000, 3_000_000, 500);
		assertThat(StreamingWriter.Turn.parse(turn.line())).isEqualTo(turn);
		assertThat(turn.commitsPerSecond()).isEqualTo(250);
	}

}
