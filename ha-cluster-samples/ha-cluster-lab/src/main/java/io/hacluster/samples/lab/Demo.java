package io.hacluster.samples.lab;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * Kills the leader twice and lets it step down once, under a client that keeps a ledger.
 */
final class Demo {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(60);

	private static final Duration REJOIN_TIMEOUT = Duration.ofSeconds(60);

	/** Rows that have to be written before the next blow. */
	private static final int ROWS_BETWEEN = 300;

	private final Cluster cluster;

	private final Progress progress;

	private final Writer writer;

	private final Ledger ledger;

	private final Duration takeoverTimeout;

	private final List<FailoverResult> failovers = new ArrayList<>();

	/** Entries of the ledger that a failover has been charged with already. */
	private int settled;

	Demo(Cluster cluster, Duration lease, Progress progress) {
		this.cluster = cluster;
		this.progress = progress;
		this.writer = new Writer(cluster.nodes());
		this.ledger = this.writer.ledger();
		this.takeoverTimeout = lease.multipliedBy(3).plusSeconds(60);
	}

	Report run() throws SQLException {
		this.cluster.nodes().forEach(this::start);
		Node leader = this.cluster.awaitLeader(START_TIMEOUT);
		this.progress.say("%s leads in epoch %s; its backend is healthy", leader.name(), leader.status("epoch"));
		this.writer.start();
		try (this.writer) {
			awaitRows();
			awaitCaughtUp(this.cluster.other(leader));
			leader = killLeader(leader);
			leader = killLeader(leader);
			leader = stepDown(leader);
			awaitRows();
		}
		return finish(leader);
	}

	private void start(Node node) {
		this.cluster.start(node);
		this.progress.say("%s started: %s, pid %d", node.name(), node.url(), node.process().pid());
	}

	private Node killLeader(Node leader) throws SQLException {
		this.progress.say("SIGKILL to %s, pid %d, after %d acknowledged rows", leader.name(), leader.process().pid(),
				this.ledger.size());
		int from = this.ledger.size();
		long event = System.nanoTime();
		leader.kill();
		leader.awaitBackendGone();
		this.progress.say("the backend of %s has ended with it", leader.name());
		Ledger.Gap gap = awaitTakeover(from, leader);
		start(leader);
		settle(FailoverResult.Kind.SIGKILL, leader, event, gap);
		return this.cluster.other(leader);
	}

	private Node stepDown(Node leader) throws SQLException {
		this.progress.say("POST step-down to %s, after %d acknowledged rows", leader.name(), this.ledger.size());
		int from = this.ledger.size();
		long event = System.nanoTime();
		leader.stepDown();
		Ledger.Gap gap = awaitTakeover(from, leader);
		settle(FailoverResult.Kind.STEP_DOWN, leader, event, gap);
		return this.cluster.other(leader);
	}

	private Ledger.Gap awaitTakeover(int from, Node former) {
		Node successor = this.cluster.other(former);
		Ledger.Gap gap = Await.value(successor.name() + " acknowledges a row", this.takeoverTimeout, successor::tail,
				() -> this.ledger.gap(from, former.name()).orElse(null));
		this.progress.say("%s leads in epoch %s and has acknowledged its first row: the client waited %s",
				successor.name(), successor.status("epoch"), Progress.text(Duration.ofNanos(gap.nanos())));
		return gap;
	}

	private void settle(FailoverResult.Kind kind, Node former, long event, Ledger.Gap gap) throws SQLException {
		Node leader = this.cluster.other(former);
		Rows served = leader.serve();
		List<Ledger.Entry> due = this.ledger.since(this.settled).subList(0, gap.index() - this.settled);
		List<FailoverResult.LostRow> lost = due.stream()
			.filter((entry) -> !served.holds(entry.id()))
			.map((entry) -> new FailoverResult.LostRow(entry.id(), Duration.ofNanos(event - entry.nanos())))
			.toList();
		this.progress.say("%s serves %d of the %d rows acknowledged since the failover before", leader.name(),
				due.size() - lost.size(), due.size());
		this.settled = gap.index();
		awaitRows();
		long last = awaitCaughtUp(former);
		try (DatabaseFile database = DatabaseFile.open(leader.database());
				DatabaseFile replica = DatabaseFile.open(former.replica())) {
			List<String> differences = database.rows().upTo(last).differences(replica.rows().upTo(last));
			this.failovers.add(new FailoverResult(kind, former.name(), Duration.ofNanos(gap.nanos()), due.size(), lost,
					database.integrity(), differences));
		}
	}

	private void awaitRows() {
		int goal = this.ledger.size() + ROWS_BETWEEN;
		Await.until(ROWS_BETWEEN + " more rows are acknowledged", Duration.ofSeconds(60), this.cluster::tails,
				() -> this.ledger.size() >= goal);
	}

	private long awaitCaughtUp(Node follower) {
		List<Ledger.Entry> entries = this.ledger.since(0);
		long last = entries.get(entries.size() - 1).id();
		Await.until(follower.name() + " follows and its replica holds row " + last, REJOIN_TIMEOUT,
				() -> follower.status("state") + "\n" + follower.tail(), holds(follower, last));
		this.progress.say("%s follows and stands for election; its replica holds row %d", follower.name(), last);
		return last;
	}

	private static BooleanSupplier holds(Node follower, long id) {
		return () -> {
			if (!follower.process().isAlive()) {
				throw new LabException(follower.name() + " has ended by itself\n" + follower.tail());
			}
			return follower.isCandidate() && follower.replicates(id);
		};
	}

	private Report finish(Node leader) throws SQLException {
		Node follower = this.cluster.other(leader);
		awaitCaughtUp(follower);
		this.progress.say("the writer has ended with %d acknowledged rows; comparing the nodes", this.ledger.size());
		try (DatabaseFile database = DatabaseFile.open(leader.database());
				DatabaseFile replica = DatabaseFile.open(follower.replica())) {
			Rows rows = database.rows();
			awaitEqual(rows, replica);
			Map<String, String> integrity = new LinkedHashMap<>();
			integrity.put(leader.name(), database.integrity());
			integrity.put(follower.name(), replica.integrity());
			Map<String, Integer> counts = new LinkedHashMap<>();
			counts.put(leader.name(), rows.payloads().size());
			counts.put(follower.name(), replica.rows().payloads().size());
			return new Report(List.copyOf(this.failovers), this.ledger.size(), missing(rows), integrity, counts,
					rows.differences(replica.rows()));
		}
	}

	private List<Long> missing(Rows rows) {
		Set<Long> charged = new HashSet<>();
		this.failovers.forEach((failover) -> failover.lost().forEach((row) -> charged.add(row.id())));
		return this.ledger.since(0)
			.stream()
			.map(Ledger.Entry::id)
			.filter((id) -> !rows.holds(id) && !charged.contains(id))
			.toList();
	}

	/**
	 * A row may be committed and not acknowledged: the replica may have to wait for it.
	 */
	private void awaitEqual(Rows rows, DatabaseFile replica) throws SQLException {
		long last = rows.payloads().lastKey();
		for (int i = 0; i < 100 && !replica.holds(last); i++) {
			Await.pause();
		}
	}

}
