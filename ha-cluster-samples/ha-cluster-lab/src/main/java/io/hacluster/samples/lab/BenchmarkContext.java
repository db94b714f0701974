package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * What the rows of the benchmark work with. Clusters that a row makes are closed with it.
 */
final class BenchmarkContext implements AutoCloseable {

	static final String NO_LITESTREAM = "there is no Litestream here";

	private static final Duration TIMEOUT = Duration.ofMinutes(3);

	private final LabOptions options;

	private final Progress progress;

	private final Path lab;

	private final Findings findings;

	private final List<Cluster> clusters = new ArrayList<>();

	private int count;

	BenchmarkContext(LabOptions options, Progress progress, Path lab, Findings findings) {
		this.options = options;
		this.progress = progress;
		this.lab = lab;
		this.findings = findings;
	}

	LabOptions options() {
		return this.options;
	}

	void add(Finding finding) {
		this.findings.add(finding);
	}

	void say(String format, Object... arguments) {
		this.progress.say(format, arguments);
	}

	/**
	 * Makes a cluster whose nodes do not run yet.
	 * @param properties further properties of its nodes
	 */
	Cluster cluster(Map<String, String> properties) {
		Cluster cluster = Cluster.create(this.options.below("cluster-" + ++this.count), properties);
		synchronized (this) {
			this.clusters.add(cluster);
		}
		return cluster;
	}

	/**
	 * Returns Litestream on the server of a cluster.
	 * @return null if there is none
	 */
	@Nullable Litestream litestream(Cluster cluster) {
		Path binary = this.options.litestream();
		return (binary != null && this.options.store() == LabOptions.Store.NATS) ? new Litestream(binary, cluster)
				: null;
	}

	/**
	 * Runs a class of the lab in a process of its own.
	 */
	ChildProcess run(Cluster cluster, String log, String... arguments) {
		List<String> command = new ArrayList<>(
				List.of(NodeCommand.java(), "-XX:+UseSerialGC", "-Xmx128m", "-jar", this.lab.toString()));
		command.addAll(List.of(arguments));
		return cluster.run(command, log);
	}

	/**
	 * Starts the first node with a database and waits until it leads.
	 */
	Node startLeader(Cluster cluster, int mebibytes, SeedDatabase.Content content) throws SQLException {
		Node first = cluster.nodes().get(0);
		say("making a database of %d MiB", mebibytes);
		SeedDatabase.create(first.database(), mebibytes, content);
		cluster.start(first);
		Await.until(first.name() + " leads", TIMEOUT, first::tail, () -> first.isBackendUp() && first.isLeader());
		return first;
	}

	/**
	 * Starts the other node and waits until its replica is level.
	 */
	Node startFollower(Cluster cluster, Node leader) throws SQLException {
		Node follower = cluster.other(leader);
		cluster.start(follower);
		say("%s leads; waiting for the replica of %s", leader.name(), follower.name());
		awaitLevel(cluster, leader);
		return follower;
	}

	/**
	 * Writes a row through the backend and waits until the follower has it.
	 */
	void awaitLevel(Cluster cluster, Node leader) throws SQLException {
		long id = append(leader);
		Node follower = cluster.other(leader);
		Await.until(follower.name() + " follows and its replica is level", TIMEOUT, follower::tail,
				() -> follower.isCandidate() && follower.replicates(id));
	}

	/**
	 * Writes a row through the backend and waits until the log has acknowledged it, which
	 * may take a full copy.
	 */
	void awaitShipped(Node leader) throws SQLException {
		append(leader);
		Await.until(leader.name() + " has shipped everything", TIMEOUT, leader::tail,
				() -> leader.metric("ha_cluster_replication_txid") > 0
						&& leader.metric("ha_cluster_replication_lag_seconds") == 0);
	}

	private static long append(Node leader) throws SQLException {
		try (DatabaseFile database = DatabaseFile.open(leader.database())) {
			long id = 1 + database.last();
			leader.append(id);
			return id;
		}
	}

	/**
	 * Waits, whatever wakes the thread in between.
	 */
	static void pause(Duration duration) {
		long end = System.nanoTime() + duration.toNanos();
		for (long left = duration.toNanos(); left > 0; left = end - System.nanoTime()) {
			LockSupport.parkNanos(left);
			if (Thread.currentThread().isInterrupted()) {
				throw new LabException("interrupted");
			}
		}
	}

	/**
	 * Returns the processor time of a process.
	 */
	static Duration processorTime(ChildProcess process) throws IOException {
		return ProcessStat.of(process.pid()).processorTime();
	}

	/**
	 * Closes the clusters of a row. To be called by any thread.
	 */
	@Override
	public void close() {
		List<Cluster> open;
		synchronized (this) {
			open = List.copyOf(this.clusters);
			this.clusters.clear();
		}
		open.forEach(Cluster::close);
	}

}
