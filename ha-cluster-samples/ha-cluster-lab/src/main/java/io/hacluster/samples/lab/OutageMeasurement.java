package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;

/**
 * A graceful step-down as a client of the backend sees it, without the time that the
 * backend needs to start.
 */
final class OutageMeasurement implements Measurement {

	private static final int MEBIBYTES = 10;

	private static final int REPETITIONS = 5;

	@Override
	public void measure(BenchmarkContext context) throws IOException, SQLException {
		Cluster cluster = context.cluster(Map.of());
		Node leader = context.startLeader(cluster, MEBIBYTES, SeedDatabase.Content.RANDOM);
		context.startFollower(cluster, leader);
		Duration alone = backendStart(context, cluster);
		Samples outage = new StepDowns(context, cluster).run(leader, REPETITIONS).outage();
		context.add(Finding.below(
				"graceful step-down until the backend is healthy, less its own start of " + Samples.millis(alone),
				outage.median().minus(alone).toNanos() / 1e6, 500, "ms"));
	}

	private static Duration backendStart(BenchmarkContext context, Cluster cluster) throws IOException {
		Samples samples = new Samples();
		Files.createDirectories(cluster.directory().resolve("tmp"));
		for (int i = 0; i < REPETITIONS; i++) {
			Path database = cluster.directory().resolve("alone-" + i + ".db");
			int port = Cluster.freePort();
			NodeCommand command = new NodeCommand(context.options(), cluster.directory(), null, Map.of());
			long start = System.nanoTime();
			ChildProcess process = cluster.run(command.backend(cluster.directory(), database, port), "backend.log");
			samples.add(StepDowns.healthyAfter("http://127.0.0.1:" + port, process, start));
			process.terminate(Duration.ofSeconds(10));
		}
		context.say("the backend alone starts in %s", Samples.millis(samples.median()));
		return samples.median();
	}

}
