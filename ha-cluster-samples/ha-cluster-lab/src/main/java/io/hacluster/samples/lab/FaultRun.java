package io.hacluster.samples.lab;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Lets faults befall a bed, one after the other, and checks what comes of each.
 */
final class FaultRun {

	private static final Duration WHOLE_TIMEOUT = Duration.ofSeconds(90);

	private static final long POLL_NANOS = 200_000_000;

	private final Bed bed;

	private final Progress progress;

	private final FaultChecks checks;

	/**
	 * Starts a bed.
	 * @param bed the bed
	 * @param progress says what happens
	 * @param patience how many times longer than promised an outage may be
	 */
	FaultRun(Bed bed, Progress progress, int patience) {
		this.bed = bed;
		this.progress = progress;
		Node leader = bed.start();
		progress.say("%s leads; its backend took %s to start", leader.name(), Progress.text(leader.backendStart()));
		this.checks = new FaultChecks(bed.options().lease().plusSeconds(1), patience);
	}

	/**
	 * Lets a fault befall the leader.
	 * @param fault the fault
	 * @return what came of it
	 */
	FaultResult run(Fault fault) throws SQLException {
		return run(fault, fault::run);
	}

	/**
	 * Lets something befall the leader that has to end like a fault.
	 * @param fault the fault
	 * @param blow what is done, until the client is served again
	 * @return what came of it
	 */
	FaultResult run(Fault fault, Consumer<Incident> blow) throws SQLException {
		Node leader = awaitWhole();
		this.progress.say("--- %s", fault.text());
		Incident incident = new Incident(this.bed, leader, this.progress);
		blow.accept(incident);
		Node last = awaitWhole();
		FaultResult result = this.checks.check(Evidence.collect(fault, incident, last));
		this.progress.say("the cluster is whole, %s leads; outage %s%s", last.name(), Progress.text(result.outage()),
				result.isKept() ? "" : "; VIOLATED: " + result.violations() + "\n" + this.bed.cluster().tails());
		return result;
	}

	/**
	 * Waits until one node leads, and the other one follows, would take over, and has all
	 * rows.
	 * @return the leader
	 */
	Node awaitWhole() {
		return Await.value("one node leads and the other one follows with the same rows", WHOLE_TIMEOUT,
				this.bed.cluster()::tails, () -> {
					LockSupport.parkNanos(POLL_NANOS);
					long last = this.bed.ledger().lastId();
					for (Node node : this.bed.cluster().nodes()) {
						Node other = this.bed.cluster().other(node);
						if (node.isLeader() && node.isBackendUp() && other.isCandidate() && other.replicates(last)) {
							return node;
						}
					}
					return null;
				});
	}

}
