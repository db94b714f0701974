package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * A fault that befalls a cluster that is whole.
 */
final class Incident {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final Bed bed;

	private final Node leader;

	private final Progress progress;

	private final long begin = System.nanoTime();

	private final Map<String, Duration> backendStarts = new HashMap<>();

	private long struck;

	private final List<String> complaints = new ArrayList<>();

	Incident(Bed bed, Node leader, Progress progress) {
		this.bed = bed;
		this.leader = leader;
		this.progress = progress;
		bed.traffic().clear();
		bed.cluster().nodes().forEach((node) -> this.backendStarts.put(node.name(), node.backendStart()));
	}

	Bed bed() {
		return this.bed;
	}

	Network network() {
		return this.bed.network();
	}

	/**
	 * Returns who led when it began.
	 */
	Node leader() {
		return this.leader;
	}

	Node successor() {
		return this.bed.cluster().other(this.leader);
	}

	Duration lease() {
		return this.bed.options().lease();
	}

	/**
	 * Returns the processes of the leader's backend.
	 */
	List<Long> backends() {
		return this.bed.backends().processes(this.leader.name());
	}

	/**
	 * Returns when the incident began, as {@link System#nanoTime()}.
	 */
	long begin() {
		return this.begin;
	}

	/**
	 * Returns when the fault struck, as {@link System#nanoTime()}.
	 */
	long struck() {
		return this.struck;
	}

	/**
	 * Returns how long a node has waited for its backend since it began.
	 * @param node a node that has not been started since
	 */
	Duration backendStart(Node node) {
		return node.backendStart().minus(this.backendStarts.getOrDefault(node.name(), Duration.ZERO));
	}

	/**
	 * Returns what was seen that must not be.
	 */
	List<String> complaints() {
		List<String> all = new ArrayList<>(this.complaints);
		if (this.bed.addresses().isOverrun()) {
			all.add("not all changes of addresses have been seen");
		}
		return all;
	}

	void strike(String what, Runnable blow) {
		this.progress.say("%s %s", what, this.leader.name());
		this.struck = System.nanoTime();
		blow.run();
	}

	void freeze(Duration duration) {
		long pid = this.leader.process().pid();
		Signals signals = new Signals();
		strike("SIGSTOP for " + Progress.text(duration) + " to", () -> signals.freeze(pid));
		try {
			LockSupport.parkNanos(duration.toNanos());
		}
		finally {
			signals.thaw(pid);
		}
		this.progress.say("SIGCONT to %s", this.leader.name());
	}

	void start(Node node) {
		this.bed.cluster().start(node);
	}

	/**
	 * Waits until the client is served by the other node.
	 */
	void awaitTakeover() {
		String name = successor().name();
		// Nothing is asked of the nodes meanwhile: it would cost them time.
		Await.until(name + " has the virtual IP", TIMEOUT.plus(lease()), this.bed.cluster()::tails,
				() -> this.bed.addresses().holders().timesBegunSince(name, this.struck) > 0);
		awaitService();
		this.progress.say("the client is served by %s", name);
	}

	/**
	 * Waits until the client is served.
	 */
	void awaitService() {
		long now = System.nanoTime();
		Await.until("the client is served", TIMEOUT.plus(lease()), this.bed.cluster()::tails,
				() -> this.bed.ledger().last() - now > 0);
	}

	void awaitVipTakenAgain() {
		Await.until(this.leader.name() + " has the virtual IP again", TIMEOUT, this.leader::tail,
				() -> this.bed.addresses().holders().timesBegunSince(this.leader.name(), this.struck) > 0);
	}

	/**
	 * Waits until a node says why it does not lead.
	 * @param part what the reason has to contain
	 */
	void awaitReason(String part) {
		Await.until("a node says why it does not lead, with " + part, TIMEOUT, this.bed.cluster()::tails,
				() -> this.bed.cluster().nodes().stream().anyMatch((node) -> node.health().contains(part)));
		this.progress.say("a node says that %s has the virtual IP", part);
	}

	/**
	 * Waits while no node may take the virtual IP.
	 * @param duration how long
	 */
	void stayWithoutVip(Duration duration) {
		watchOn(duration);
		this.bed.cluster()
			.nodes()
			.stream()
			.filter((node) -> this.bed.addresses().holders().timesBegunSince(node.name(), this.struck) > 0)
			.forEach((node) -> this.complaints.add(node.name() + " has taken the virtual IP while a stranger had it"));
	}

	void watchOn(Duration duration) {
		LockSupport.parkNanos(duration.toNanos());
	}

}
