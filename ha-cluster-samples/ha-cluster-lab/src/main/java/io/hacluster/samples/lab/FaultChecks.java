package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.hacluster.samples.lab.Fault.Loss;
import io.hacluster.samples.lab.Fault.Outcome;
import io.hacluster.samples.lab.Traffic.Kind;

/**
 * Holds what was seen of faults, one after the other, against what is promised.
 */
final class FaultChecks {

	/** The kernel removes an address up to that long after the end of its lifetime. */
	static final Duration KERNEL_LATENESS = Duration.ofMillis(500);

	/** Several looks at the processes. */
	static final Duration BACKEND_TOLERANCE = Duration.ofMillis(100);

	/** More than a client sends until it gives a request up. */
	private static final long UNSETTLED = 300;

	private final Duration limit;

	private final int patience;

	/** Lost rows that a former fault has been charged with. */
	private final Set<Long> charged = new HashSet<>();

	/**
	 * Creates the checks.
	 * @param limit how long a client may have to wait for a new leader, without the start
	 * of its backend
	 * @param patience how many times longer than promised it may be: machines that do
	 * something else at the same time are slow
	 */
	FaultChecks(Duration limit, int patience) {
		this.limit = limit;
		this.patience = patience;
	}

	FaultResult check(Evidence evidence) {
		List<String> harm = new ArrayList<>(evidence.complaints());
		List<String> delays = new ArrayList<>();
		Ledger.Outage outage = Ledger.outage(evidence.acknowledged(), evidence.struck());
		Duration allowed = this.limit.plus(evidence.backendStart()).multipliedBy(this.patience);
		if (evidence.fault().outcome() == Outcome.TAKEOVER && outage.duration().compareTo(allowed) > 0) {
			delays.add("the client waited %s, more than %s".formatted(Progress.text(outage.duration()),
					Progress.text(allowed)));
		}
		checkLeader(evidence, delays);
		Duration vip = evidence.addresses().overlap(evidence.begin(), evidence.end());
		if (vip.compareTo(KERNEL_LATENESS) > 0) {
			harm.add("both nodes had the virtual IP for " + Progress.text(vip));
		}
		Duration backends = evidence.backends().overlap(evidence.begin(), evidence.end());
		if (backends.compareTo(BACKEND_TOLERANCE) > 0) {
			harm.add("the backend ran on both hosts for " + Progress.text(backends));
		}
		long strays = checkTraffic(evidence, harm);
		int lost = checkRows(evidence, outage, harm);
		return new FaultResult(evidence.fault(), outage.duration(), moved(evidence), vip, backends, strays, lost,
				evidence.backendStart(), List.copyOf(harm), List.copyOf(delays));
	}

	private static void checkLeader(Evidence evidence, List<String> violations) {
		Outcome outcome = evidence.fault().outcome();
		boolean replaced = outcome == Outcome.TAKEOVER || outcome == Outcome.RESTART;
		if (replaced && evidence.isSameLeader()) {
			violations.add(evidence.leader() + " leads again");
		}
		if (outcome == Outcome.STAYS && !evidence.isSameLeader()) {
			violations.add(evidence.leader() + " has taken over");
		}
		if (replaced && evidence.addresses().timesBegunSince(evidence.former(), evidence.struck()) > 0) {
			violations.add(evidence.former() + " has taken the virtual IP again");
		}
	}

	private static long checkTraffic(Evidence evidence, List<String> violations) {
		if (evidence.isSameLeader()) {
			return 0;
		}
		long answers = strays(evidence, Kind.ANSWER);
		long claims = strays(evidence, Kind.CLAIM);
		if (answers > 0) {
			violations.add(answers + " packets came from the former leader's host after the first of the new one");
		}
		if (claims > 0) {
			violations.add(claims + " times the former leader's host has claimed the virtual IP after the new one");
		}
		return answers + claims;
	}

	private static long strays(Evidence evidence, Kind kind) {
		return evidence.traffic()
			.sentAfter(kind, evidence.formerHardwareAddress(), evidence.leaderHardwareAddress(), evidence.struck());
	}

	private static @Nullable Duration moved(Evidence evidence) {
		return evidence.isSameLeader() ? null
				: evidence.traffic().moved(evidence.leaderHardwareAddress(), evidence.struck()).orElse(null);
	}

	private int checkRows(Evidence evidence, Ledger.Outage outage, List<String> violations) {
		// Requests overtake one another: only below that have all been answered.
		Rows replicated = evidence.replicated();
		long last = replicated.payloads().isEmpty() ? 0 : replicated.payloads().lastKey() - UNSETTLED;
		evidence.rows()
			.upTo(last)
			.differences(replicated.upTo(last))
			.forEach((difference) -> violations.add("the nodes differ: " + difference));
		evidence.integrity().forEach((node, answer) -> {
			if (!"ok".equals(answer)) {
				violations.add("integrity_check on " + node + ": " + answer);
			}
		});
		List<Ledger.Entry> lost = evidence.acknowledged()
			.stream()
			.filter((entry) -> !evidence.rows().holds(entry.id()) && this.charged.add(entry.id()))
			.toList();
		List<Ledger.Entry> unforgivable = lost.stream()
			.filter((entry) -> !isForgivable(evidence, outage, entry))
			.toList();
		if (!unforgivable.isEmpty()) {
			violations.add("%d acknowledged rows are gone that had to survive, the first is row %d"
				.formatted(unforgivable.size(), unforgivable.get(0).id()));
		}
		return lost.size();
	}

	private static boolean isForgivable(Evidence evidence, Ledger.Outage outage, Ledger.Entry entry) {
		long safe = evidence.struck() - FailoverResult.GRACE.toNanos();
		return evidence.fault().loss() == Loss.UNSHIPPED && entry.nanos() - safe >= 0
				&& entry.nanos() - outage.to() < 0;
	}

}
