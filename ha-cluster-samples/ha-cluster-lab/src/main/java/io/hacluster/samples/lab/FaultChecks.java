package io.hacluster.samples.lab;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import io.hacluster.samples.lab.Fault.Loss;
import io.hacluster.samples.lab.Fault.Outcome;
import io.hacluster.samples.lab.Traffic.Kind;

/**
 * Holds what was seen of a fault against what is promised.
 */
final class FaultChecks {

	/** The kernel removes an address up to that long after the end of its lifetime. */
	static final Duration KERNEL_LATENESS = Duration.ofMillis(500);

	/** Several looks at the processes. */
	static final Duration BACKEND_TOLERANCE = Duration.ofMillis(100);

	/** More than a client sends until it gives a request up. */
	private static final long UNSETTLED = 300;

	private final Bed bed;

	private final Duration limit;

	private final int patience;

	private final Set<Long> charged = new HashSet<>();

	FaultChecks(Bed bed, Duration limit, int patience) {
		this.bed = bed;
		this.limit = limit;
		this.patience = patience;
	}

	FaultResult check(Fault fault, Incident incident, Node leader) throws SQLException {
		List<String> violations = new ArrayList<>();
		long now = System.nanoTime();
		List<Ledger.Entry> acknowledged = this.bed.ledger().byTime();
		Ledger.Outage gap = Ledger.outage(acknowledged, incident.struck());
		Duration outage = gap.duration();
		Duration allowed = this.limit.multipliedBy(this.patience);
		if (fault.outcome() == Outcome.TAKEOVER && outage.compareTo(allowed) > 0) {
			violations
				.add("the client waited %s, more than %s".formatted(Progress.text(outage), Progress.text(allowed)));
		}
		checkLeader(fault, incident, leader, violations);
		Duration vip = this.bed.addresses().holders().overlap(incident.begin(), now);
		if (vip.compareTo(KERNEL_LATENESS) > 0) {
			violations.add("both nodes had the virtual IP for " + Progress.text(vip));
		}
		Duration backends = this.bed.backends().runs().overlap(incident.begin(), now);
		if (backends.compareTo(BACKEND_TOLERANCE) > 0) {
			violations.add("the backend ran on both hosts for " + Progress.text(backends));
		}
		long strays = strays(incident, leader, violations);
		int lost = checkRows(fault, incident, leader, gap, acknowledged, violations);
		Duration moved = (leader != incident.leader())
				? this.bed.traffic().moved(this.bed.hardwareAddress(leader), incident.struck()).orElse(null) : null;
		return new FaultResult(fault, outage, moved, vip, backends, strays, lost, List.copyOf(violations));
	}

	private void checkLeader(Fault fault, Incident incident, Node leader, List<String> violations) {
		boolean same = leader == incident.leader();
		if (same && fault.outcome() == Outcome.TAKEOVER) {
			violations.add(leader.name() + " leads again");
		}
		if (!same && fault.outcome() == Outcome.STAYS) {
			violations.add(leader.name() + " has taken over");
		}
		if (incident.isHeldMeanwhile()) {
			violations.add("a node has taken the virtual IP from the stranger");
		}
		String former = incident.leader().name();
		if (fault.outcome() == Outcome.TAKEOVER
				&& this.bed.addresses().holders().timesBegunSince(former, incident.struck()) > 0) {
			violations.add(former + " has taken the virtual IP again");
		}
		if (this.bed.addresses().isOverrun()) {
			violations.add("not all changes of addresses have been seen");
		}
	}

	private long strays(Incident incident, Node leader, List<String> violations) {
		if (leader == incident.leader()) {
			return 0;
		}
		String former = this.bed.hardwareAddress(incident.leader());
		String successor = this.bed.hardwareAddress(leader);
		long answers = this.bed.traffic().sentAfter(Kind.ANSWER, former, successor, incident.struck());
		long claims = this.bed.traffic().sentAfter(Kind.CLAIM, former, successor, incident.struck());
		if (answers > 0) {
			violations.add(answers + " packets came from the former leader's host after the first of the new one");
		}
		if (claims > 0) {
			violations.add(claims + " times the former leader's host has claimed the virtual IP after the new one");
		}
		return answers + claims;
	}

	private int checkRows(Fault fault, Incident incident, Node leader, Ledger.Outage gap,
			List<Ledger.Entry> acknowledged, List<String> violations) throws SQLException {
		Node follower = this.bed.cluster().other(leader);
		try (DatabaseFile database = DatabaseFile.open(leader.database());
				DatabaseFile replica = DatabaseFile.open(follower.replica())) {
			// The replica first: what it holds the database must have by then.
			Rows replicated = replica.rows();
			Rows rows = database.rows();
			integrity(leader, database, violations);
			integrity(follower, replica, violations);
			// Requests overtake one another: only below that have all been answered.
			long last = replicated.payloads().lastKey() - UNSETTLED;
			rows.upTo(last)
				.differences(replicated.upTo(last))
				.forEach((difference) -> violations.add("the nodes differ: " + difference));
			List<Ledger.Entry> lost = acknowledged.stream()
				.filter((entry) -> !rows.holds(entry.id()) && this.charged.add(entry.id()))
				.toList();
			List<Ledger.Entry> unforgivable = unforgivable(fault, incident, gap, lost);
			if (!unforgivable.isEmpty()) {
				violations.add("%d acknowledged rows are gone that had to survive, the first is row %d"
					.formatted(unforgivable.size(), unforgivable.get(0).id()));
			}
			return lost.size();
		}
	}

	private static List<Ledger.Entry> unforgivable(Fault fault, Incident incident, Ledger.Outage gap,
			List<Ledger.Entry> lost) {
		long safe = incident.struck() - FailoverResult.GRACE.toNanos();
		return lost.stream()
			.filter((entry) -> fault.loss() == Loss.NONE || entry.nanos() - safe < 0 || entry.nanos() - gap.to() >= 0)
			.toList();
	}

	private static void integrity(Node node, DatabaseFile database, List<String> violations) throws SQLException {
		String answer = database.integrity();
		if (!"ok".equals(answer)) {
			violations.add("integrity_check on " + node.name() + ": " + answer);
		}
	}

}
