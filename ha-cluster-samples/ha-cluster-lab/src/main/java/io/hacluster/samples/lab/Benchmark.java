package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the figures of {@code docs/benchmarks.md}.
 */
final class Benchmark {

	private static final int SMALL_MEBIBYTES = 10;

	private static final int REPETITIONS = 5;

	private static final Duration IDLE = Duration.ofSeconds(30);

	private static final Duration SEED_TIMEOUT = Duration.ofMinutes(10);

	private static final Duration TAKEOVER_TIMEOUT = Duration.ofSeconds(60);

	private static final Duration HEALTH_POLL = Duration.ofMillis(2);

	private final LabOptions options;

	private final Progress progress;

	private final Path lab;

	private final HttpCalls http = new HttpCalls();

	private final Map<String, String[]> results = new LinkedHashMap<>();

	Benchmark(LabOptions options, Progress progress, Path lab) {
		this.options = options;
		this.progress = progress;
		this.lab = lab;
	}

	/**
	 * Measures everything.
	 * @return the table, as Markdown
	 */
	String run() throws SQLException, IOException {
		Duration small;
		try (Cluster cluster = Cluster.create(this.options.below("small"))) {
			Node leader = start(cluster, SMALL_MEBIBYTES);
			Duration backendStart = backendStart(cluster);
			lag(cluster, leader);
			idle(cluster);
			StepDowns stepDowns = stepDowns(cluster, leader);
			small = stepDowns.promotion().median();
			result("graceful step-down until the backend is healthy, less its own start of "
					+ Samples.millis(backendStart), "< 500 ms",
					Samples.millis(stepDowns.outage().median().minus(backendStart)));
		}
		result("promotion with " + SMALL_MEBIBYTES + " MiB", "", Samples.millis(small));
		try (Cluster cluster = Cluster.create(this.options.below("large"))) {
			Node leader = start(cluster, this.options.large());
			Duration large = stepDowns(cluster, leader).promotion().median();
			result("promotion with " + this.options.large() + " MiB", "< 1.5 times", String.format(Locale.ROOT,
					"%s, %.2f times", Samples.millis(large), (double) large.toNanos() / small.toNanos()));
		}
		return table();
	}

	private Node start(Cluster cluster, int mebibytes) throws SQLException {
		Node first = cluster.nodes().get(0);
		this.progress.say("making a database of %d MiB", mebibytes);
		SeedDatabase.create(first.database(), mebibytes);
		cluster.start(first);
		Await.until(first.name() + " leads", SEED_TIMEOUT, first::tail, () -> first.isBackendUp() && first.isLeader());
		Node second = cluster.other(first);
		cluster.start(second);
		this.progress.say("%s leads; waiting for the replica of %s", first.name(), second.name());
		awaitLevel(cluster, first);
		return first;
	}

	/** Writes a row through the backend and waits until the follower has it. */
	private void awaitLevel(Cluster cluster, Node leader) throws SQLException {
		long id = 1 + last(leader);
		leader.append(id);
		Node follower = cluster.other(leader);
		Await.until(follower.name() + " follows and its replica is level", SEED_TIMEOUT, follower::tail,
				() -> follower.isCandidate() && follower.replicates(id));
	}

	private static long last(Node leader) throws SQLException {
		try (DatabaseFile database = DatabaseFile.open(leader.database())) {
			return database.last();
		}
	}

	private Duration backendStart(Cluster cluster) throws IOException {
		Samples samples = new Samples();
		Files.createDirectories(cluster.directory().resolve("tmp"));
		for (int i = 0; i < REPETITIONS; i++) {
			Path database = cluster.directory().resolve("alone-" + i + ".db");
			int port = Cluster.freePort();
			NodeCommand command = new NodeCommand(this.options, cluster.directory(), null);
			long start = System.nanoTime();
			ChildProcess process = cluster.run(command.backend(cluster.directory(), database, port), "backend.log");
			samples.add(healthyAfter("http://127.0.0.1:" + port, process, start));
			process.terminate(Duration.ofSeconds(10));
		}
		this.progress.say("the backend alone starts in %s", Samples.millis(samples.median()));
		return samples.median();
	}

	private void lag(Cluster cluster, Node leader) throws SQLException, IOException {
		this.progress.say("measuring the lag at %d commits/s for %d s", LagMeasurement.RATE, LagMeasurement.SECONDS);
		Samples lag = new LagMeasurement(cluster, this.lab).measure(leader);
		String what = "commit to visible in the replica, " + LagMeasurement.RATE + " commits/s, ";
		result(what + "p50", "< 10 ms", Samples.millis(lag.quantile(0.5)));
		result(what + "p99", "< 50 ms", Samples.millis(lag.quantile(0.99)));
		result(what + "max of " + lag.size(), "", Samples.millis(lag.quantile(1)));
	}

	private void idle(Cluster cluster) throws IOException {
		this.progress.say("measuring the idle nodes for %d s", IDLE.toSeconds());
		pause(Duration.ofSeconds(5));
		Map<Node, Duration> before = new LinkedHashMap<>();
		for (Node node : cluster.nodes()) {
			before.put(node, ProcessStat.of(node.process().pid()).processorTime());
		}
		pause(IDLE);
		for (Node node : cluster.nodes()) {
			Duration used = ProcessStat.of(node.process().pid()).processorTime().minus(before.get(node));
			result("idle " + (node.isLeader() ? "leader" : "follower") + ", of one core", "< 1 %",
					String.format(Locale.ROOT, "%.2f %%", 100.0 * used.toMillis() / IDLE.toMillis()));
		}
	}

	private StepDowns stepDowns(Cluster cluster, Node first) throws SQLException {
		StepDowns results = new StepDowns(new Samples(), new Samples());
		Node leader = first;
		for (int i = 0; i < REPETITIONS; i++) {
			awaitLevel(cluster, leader);
			Node successor = cluster.other(leader);
			Duration promotionBefore = successor.promotionTime();
			long start = System.nanoTime();
			leader.stepDown();
			Duration taken = healthyAfter(successor.backendUrl(), successor.process(), start);
			results.outage().add(taken);
			this.progress.say("step-down of %s: the backend of %s was healthy after %s", leader.name(),
					successor.name(), Samples.millis(taken));
			Await.until(successor.name() + " leads", TAKEOVER_TIMEOUT, successor::tail, successor::isLeader);
			results.promotion().add(successor.promotionTime().minus(promotionBefore));
			leader = successor;
		}
		return results;
	}

	private Duration healthyAfter(String url, ChildProcess process, long start) {
		while (!this.http.get(url + "/health").isOk()) {
			if (!process.isAlive() || System.nanoTime() - start > TAKEOVER_TIMEOUT.toNanos()) {
				throw new LabException("the backend is not healthy\n" + process.tail());
			}
			pause(HEALTH_POLL);
		}
		return Duration.ofNanos(System.nanoTime() - start);
	}

	private static void pause(Duration duration) {
		long end = System.nanoTime() + duration.toNanos();
		for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
	}

	private void result(String what, String bar, String value) {
		this.results.put(what, new String[] { bar, value });
		this.progress.say("%s: %s", what, value);
	}

	private String table() {
		StringBuilder table = new StringBuilder("| measured | bar | result |\n|---|---|---|\n");
		this.results
			.forEach((what, result) -> table.append("| %s | %s | %s |%n".formatted(what, result[0], result[1])));
		return table.toString();
	}

	/**
	 * What several step-downs took.
	 *
	 * @param outage until the backend of the successor is healthy
	 * @param promotion the steps of the successor, without that of its backend
	 */
	private record StepDowns(Samples outage, Samples promotion) {
	}

}
