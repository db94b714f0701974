package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.hacluster.samples.lab.Traffic.Frame;
import io.hacluster.samples.lab.Traffic.Kind;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A check that cannot fail is worthless: each is shown something that breaks its promise.
 */
class FaultChecksTests {

	private static final long SECOND = 1_000_000_000;

	private static final long STRUCK = 100 * SECOND;

	private static final Map<String, String> HARDWARE = Map.of("a", "02:00:00:4d:00:01", "b", "02:00:00:4d:00:02");

	private final FaultChecks checks = new FaultChecks(Duration.ofSeconds(4), 1);

	private final Timeline addresses = new Timeline();

	private final Timeline backends = new Timeline();

	private final Traffic traffic = new Traffic();

	private final List<Ledger.Entry> acknowledged = new ArrayList<>();

	private final TreeMap<Long, String> rows = new TreeMap<>();

	private final TreeMap<Long, String> replicated = new TreeMap<>();

	private final Map<String, String> integrity = new LinkedHashMap<>(Map.of("a", "ok", "b", "ok"));

	private final List<String> complaints = new ArrayList<>();

	private String leader = "b";

	@BeforeEach
	void failOver() {
		this.addresses.began("a", 0);
		this.addresses.ended("a", STRUCK + 2 * SECOND);
		this.addresses.began("b", STRUCK + 3 * SECOND);
		this.backends.began("a", 0);
		this.backends.ended("a", STRUCK + 2 * SECOND);
		this.backends.began("b", STRUCK + 3 * SECOND);
		sent(STRUCK - SECOND, Kind.ANSWER, "a");
		sent(STRUCK + 3 * SECOND, Kind.CLAIM, "b");
		sent(STRUCK + 3 * SECOND, Kind.ANSWER, "b");
		for (long id = 1; id <= 1000; id++) {
			// One row every 100 ms, from the start on; an outage of 3 seconds.
			long time = id * SECOND / 10;
			acknowledged(id, (time > STRUCK) ? time + 3 * SECOND : time);
			this.rows.put(id, Rows.payload(id));
			this.replicated.put(id, Rows.payload(id));
		}
		for (long id = 1001; id <= 1400; id++) {
			acknowledged(id, id * SECOND / 10 + 3 * SECOND);
			this.rows.put(id, Rows.payload(id));
			this.replicated.put(id, Rows.payload(id));
		}
	}

	@Test
	void checkWhenEverythingIsAsPromisedHasNoViolations() {
		FaultResult result = check(Fault.KILL);
		assertThat(result.violations()).isEmpty();
		assertThat(result.outage()).isEqualTo(Duration.ofMillis(3100));
		assertThat(result.vipOverlap()).isZero();
	}

	@Test
	void checkWhenTheClientWaitsTooLongIsAViolation() {
		this.acknowledged.removeIf((entry) -> entry.nanos() > STRUCK && entry.nanos() < STRUCK + 5 * SECOND);
		assertThat(check(Fault.KILL).violations()).singleElement().asString().contains("the client waited");
		assertThat(new FaultChecks(Duration.ofSeconds(4), 2).check(evidence(Fault.KILL, this.addresses, this.backends))
			.violations()).isEmpty();
	}

	@Test
	void checkWhenTheFormerLeaderLeadsAgainIsAViolation() {
		this.leader = "a";
		assertThat(check(Fault.KILL).violations()).containsExactly("a leads again");
	}

	@Test
	void checkWhenTheNodeThatWasStartedDoesNotLeadIsAViolation() {
		this.leader = "a";
		assertThat(check(Fault.STALE_FIRST).violations()).containsExactly("a leads again");
	}

	@Test
	void checkWhenAnotherLeadsThatMustNotIsAViolation() {
		assertThat(check(Fault.VIP_REMOVED).violations()).containsExactly("b has taken over");
	}

	@Test
	void checkWhenTheFormerLeaderResurrectsTheAddressIsAViolation() {
		this.addresses.began("a", STRUCK + 9 * SECOND);
		this.addresses.ended("a", STRUCK + 9 * SECOND + 1);
		assertThat(check(Fault.FREEZE_LONG).violations()).containsExactly("a has taken the virtual IP again");
	}

	@Test
	void checkWhenBothHaveTheAddressForLongerThanTheKernelIsLateIsAViolation() {
		Timeline both = new Timeline();
		both.began("a", 0);
		both.began("b", STRUCK);
		both.ended("a", STRUCK + FaultChecks.KERNEL_LATENESS.toNanos());
		assertThat(check(Fault.KILL, both, this.backends).violations()).isEmpty();
		Timeline longer = new Timeline();
		longer.began("a", 0);
		longer.began("b", STRUCK);
		longer.ended("a", STRUCK + FaultChecks.KERNEL_LATENESS.toNanos() + 1);
		assertThat(check(Fault.KILL, longer, this.backends).violations()).singleElement()
			.asString()
			.contains("both nodes had the virtual IP");
	}

	@Test
	void checkWhenTheBackendRunsTwiceIsAViolation() {
		Timeline twice = new Timeline();
		twice.began("a", 0);
		twice.began("b", STRUCK);
		assertThat(check(Fault.KILL, this.addresses, twice).violations()).singleElement()
			.asString()
			.contains("the backend ran on both hosts");
	}

	@Test
	void checkWhenTheFormerHostAnswersAfterTheNewOneIsAViolation() {
		sent(STRUCK + 4 * SECOND, Kind.ANSWER, "a");
		assertThat(check(Fault.FREEZE_LONG).strays()).isOne();
		assertThat(check(Fault.FREEZE_LONG).violations()).singleElement().asString().startsWith("1 packets came");
	}

	@Test
	void checkWhenTheFormerHostClaimsTheAddressAfterTheNewOneIsAViolation() {
		sent(STRUCK + 4 * SECOND, Kind.CLAIM, "a");
		assertThat(check(Fault.FREEZE_LONG).violations()).singleElement().asString().contains("has claimed");
	}

	@Test
	void checkWhenARowIsGoneThatHadToSurviveIsAViolation() {
		gone(985);
		gone(1000);
		assertThat(check(Fault.KILL).violations())
			.containsExactly("1 acknowledged rows are gone that had to survive, the first is row 985");
	}

	@Test
	void checkWhenARowOfTheLastSecondIsGoneIsAViolationOfAnOrderlyStepDownOnly() {
		gone(1000);
		FaultResult result = check(Fault.KILL);
		assertThat(result.violations()).isEmpty();
		assertThat(result.lost()).isOne();
		assertThat(new FaultChecks(Duration.ofSeconds(4), 1)
			.check(evidence(Fault.STEP_DOWN, this.addresses, this.backends))
			.violations()).singleElement().asString().contains("row 1000");
	}

	@Test
	void checkWhenARowOfTheNewLeaderIsGoneIsAViolation() {
		gone(1001);
		assertThat(check(Fault.KILL).violations()).singleElement().asString().contains("row 1001");
	}

	@Test
	void checkWhenARowIsGoneChargesOnlyOneFaultWithIt() {
		gone(1000);
		assertThat(check(Fault.KILL).lost()).isOne();
		assertThat(check(Fault.STEP_DOWN).violations()).isEmpty();
	}

	@Test
	void checkWhenTheNodesDifferIsAViolation() {
		this.replicated.remove(700L);
		assertThat(check(Fault.KILL).violations()).containsExactly("the nodes differ: row 700 is only in the first");
	}

	@Test
	void checkWhenADatabaseIsCorruptIsAViolation() {
		this.integrity.put("a", "row 3 missing from index");
		assertThat(check(Fault.KILL).violations()).containsExactly("integrity_check on a: row 3 missing from index");
	}

	@Test
	void checkWhenThereIsAComplaintIsAViolation() {
		this.complaints.add("a has taken the virtual IP while a stranger had it");
		assertThat(check(Fault.KILL).violations()).isEqualTo(this.complaints);
	}

	private FaultResult check(Fault fault) {
		return check(fault, this.addresses, this.backends);
	}

	private FaultResult check(Fault fault, Timeline holders, Timeline runs) {
		return this.checks.check(evidence(fault, holders, runs));
	}

	private Evidence evidence(Fault fault, Timeline holders, Timeline runs) {
		return new Evidence(fault, "a", this.leader, HARDWARE, 0, STRUCK, STRUCK + 60 * SECOND, holders, runs,
				this.traffic, this.acknowledged, new Rows(this.rows), new Rows(this.replicated), this.integrity,
				Duration.ZERO, this.complaints);
	}

	private void acknowledged(long id, long nanos) {
		this.acknowledged.add(new Ledger.Entry(id, "", nanos));
	}

	private void gone(long id) {
		this.rows.remove(id);
		this.replicated.remove(id);
	}

	private void sent(long nanos, Kind kind, String node) {
		this.traffic.add(new Frame(nanos, kind, HARDWARE.get(node)));
	}

}
