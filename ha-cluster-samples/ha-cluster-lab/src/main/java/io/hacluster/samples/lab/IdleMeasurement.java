package io.hacluster.samples.lab;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Processor time of both nodes while nobody writes.
 */
final class IdleMeasurement implements Measurement {

	private static final int MEBIBYTES = 10;

	private static final Duration SETTLING = Duration.ofSeconds(5);

	private static final Duration WINDOW = Duration.ofSeconds(20);

	@Override
	public void measure(BenchmarkContext context) throws IOException, SQLException {
		Cluster cluster = context.cluster(Map.of());
		Node leader = context.startLeader(cluster, MEBIBYTES, SeedDatabase.Content.RANDOM);
		context.startFollower(cluster, leader);
		BenchmarkContext.pause(SETTLING);
		Map<Node, Duration> before = new LinkedHashMap<>();
		for (Node node : cluster.nodes()) {
			before.put(node, BenchmarkContext.processorTime(node.process()));
		}
		BenchmarkContext.pause(WINDOW);
		for (Map.Entry<Node, Duration> entry : before.entrySet()) {
			Duration used = BenchmarkContext.processorTime(entry.getKey().process()).minus(entry.getValue());
			context.add(Finding.below("idle " + ((entry.getKey() == leader) ? "leader" : "follower") + ", of one core",
					100.0 * used.toMillis() / WINDOW.toMillis(), 1, "%"));
		}
	}

}
