package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * Processor time of whoever replicates, for each GB that a writer appends to its
 * write-ahead log at a steady rate. The server's part is stated beside.
 */
final class ProcessorMeasurement implements Measurement {

	private static final int MEBIBYTES = 1;

	private static final int RATE = 2000;

	private static final Duration WARM_UP = Duration.ofSeconds(8);

	/** The period of the lowest level of compaction is in it once. */
	private static final Duration WINDOW = Duration.ofSeconds(30);

	private static final double GIGABYTE = 1e9;

	@Override
	public void measure(BenchmarkContext context) throws IOException, SQLException {
		double ours = node(context, "at a min-batch-interval of 1 s", Map.of("replication.min-batch-interval", "1s"));
		node(context, "at our default", Map.of());
		double theirs = litestream(context);
		if (!Double.isNaN(theirs)) {
			context.add(Finding.atMost("CPU per GB of WAL, ours over Litestream's, both at 1 s", ours / theirs, 1,
					"times"));
		}
	}

	private static double node(BenchmarkContext context, String how, Map<String, String> properties)
			throws IOException, SQLException {
		try (Cluster cluster = context.cluster(properties)) {
			Node leader = context.startLeader(cluster, MEBIBYTES, SeedDatabase.Content.RANDOM);
			context.awaitShipped(leader);
			return run(context, cluster, leader.database(), leader.process(), "ours " + how);
		}
	}

	private static double litestream(BenchmarkContext context) throws IOException, SQLException {
		try (Cluster cluster = context.cluster(Map.of())) {
			Litestream litestream = context.litestream(cluster);
			if (litestream == null) {
				context.add(Finding.skipped("CPU per GB of WAL, Litestream", BenchmarkContext.NO_LITESTREAM));
				return Double.NaN;
			}
			Path database = Files.createDirectories(cluster.directory().resolve("litestream")).resolve("data.db");
			SeedDatabase.create(database, MEBIBYTES, SeedDatabase.Content.RANDOM);
			litestream.createBucket("litestream");
			ChildProcess process = litestream.replicate(database, "litestream");
			litestream.awaitReplica(process);
			return run(context, cluster, database, process, "Litestream's at a sync-interval of 1 s");
		}
	}

	private static double run(BenchmarkContext context, Cluster cluster, Path database, ChildProcess replicator,
			String who) throws IOException {
		context.say("CPU: %s", who);
		Path results = cluster.directory().resolve("turns.txt");
		ChildProcess writer = context.run(cluster, "writer.log", StreamingWriter.COMMAND, "NORMAL", "0",
				Integer.toString(RATE), "1", Long.toString(WARM_UP.plus(WINDOW).plusSeconds(10).toMillis()),
				results.toString(), database.toString());
		BenchmarkContext.pause(WARM_UP);
		long written = ProcessStat.written(writer.pid());
		Duration before = BenchmarkContext.processorTime(replicator);
		Duration serverBefore = BenchmarkContext.processorTime(cluster.nats().process());
		BenchmarkContext.pause(WINDOW);
		double gigabytes = (ProcessStat.written(writer.pid()) - written) / GIGABYTE;
		double seconds = BenchmarkContext.processorTime(replicator).minus(before).toMillis() / 1e3 / gigabytes;
		double server = BenchmarkContext.processorTime(cluster.nats().process()).minus(serverBefore).toMillis() / 1e3
				/ gigabytes;
		writer.kill();
		context.add(Finding.stated("CPU per GB of WAL, " + who, seconds, "s")
			.and(String.format(Locale.ROOT, "; the NATS server %.1f s (%.2f GB at %d commits/s)", server, gigabytes,
					RATE)));
		return seconds;
	}

}
