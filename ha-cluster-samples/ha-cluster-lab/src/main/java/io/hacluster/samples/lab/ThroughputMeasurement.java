package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * What replication costs one writer that commits rows of 1 KB as fast as it can: it goes
 * round a database that nobody replicates, the leader's, and Litestream's, a few seconds
 * each, so that whatever else the machine does hits all of them.
 */
final class ThroughputMeasurement implements Measurement {

	private static final int MEBIBYTES = 1;

	private static final int ROUNDS = 7;

	private static final int TURN_MILLIS = 3000;

	private static final Duration SAMPLING = Duration.ofMillis(100);

	private static final double LEAST = 0.95;

	@Override
	public void measure(BenchmarkContext context) throws IOException, SQLException {
		Cluster cluster = context.cluster(Map.of());
		Node leader = context.startLeader(cluster, MEBIBYTES, SeedDatabase.Content.RANDOM);
		context.awaitShipped(leader);
		List<Path> databases = new ArrayList<>();
		databases.add(seed(cluster, "alone"));
		databases.add(leader.database());
		Litestream litestream = context.litestream(cluster);
		if (litestream != null) {
			databases.add(seed(cluster, "litestream"));
			litestream.createBucket("litestream");
			litestream.awaitReplica(litestream.replicate(databases.get(2), "litestream"));
		}
		run(context, cluster, leader, databases, "FULL");
	}

	private static Path seed(Cluster cluster, String name) throws IOException, SQLException {
		Path database = Files.createDirectories(cluster.directory().resolve(name)).resolve("data.db");
		SeedDatabase.create(database, MEBIBYTES, SeedDatabase.Content.RANDOM);
		return database;
	}

	private static void run(BenchmarkContext context, Cluster cluster, Node leader, List<Path> databases,
			String synchronous) throws IOException {
		Path results = cluster.directory().resolve("turns-" + synchronous + ".txt");
		List<String> arguments = new ArrayList<>(List.of(StreamingWriter.COMMAND, synchronous, "1000", "0",
				Integer.toString(ROUNDS), Integer.toString(TURN_MILLIS), results.toString()));
		databases.forEach((database) -> arguments.add(database.toString()));
		context.say("%d rounds over %d databases, synchronous=%s", ROUNDS, databases.size(), synchronous);
		ChildProcess writer = context.run(cluster, "writer.log", arguments.toArray(String[]::new));
		TreeMap<Long, Double> lag = new TreeMap<>();
		while (writer.isAlive()) {
			lag.put(PacedWriter.micros(), leader.metric("ha_cluster_replication_lag_seconds"));
			BenchmarkContext.pause(SAMPLING);
		}
		List<StreamingWriter.Turn> turns = Files.readAllLines(results)
			.stream()
			.map(StreamingWriter.Turn::parse)
			.toList();
		if (turns.size() != ROUNDS * databases.size()) {
			throw new LabException("the writer ended early\n" + writer.tail());
		}
		report(context, turns, lag, synchronous);
	}

	private static void report(BenchmarkContext context, List<StreamingWriter.Turn> turns, TreeMap<Long, Double> lag,
			String synchronous) {
		String what = "one writer of 1 KB rows, synchronous=" + synchronous + ", ";
		context.add(Finding.stated(what + "nobody replicates", median(speeds(turns, 0)), "commits/s"));
		double ours = median(ratios(turns, 1));
		context.add(Finding.atLeast(what + "replicated by us, against that", ours, LEAST, "times"));
		if (turns.stream().anyMatch((turn) -> turn.database() == 2)) {
			context.add(
					Finding.stated(what + "replicated by Litestream, against that", median(ratios(turns, 2)), "times"));
		}
		List<StreamingWriter.Turn> mine = turns.stream().filter((turn) -> turn.database() == 1).toList();
		List<Double> early = new ArrayList<>();
		List<Double> late = new ArrayList<>();
		for (StreamingWriter.Turn turn : mine) {
			long half = (turn.start() + turn.end()) / 2;
			early.addAll(lag.subMap(turn.start(), half).values());
			late.addAll(lag.subMap(half, turn.end()).values());
		}
		double worst = mine.stream()
			.flatMap((turn) -> lag.subMap(turn.start(), turn.end()).values().stream())
			.mapToDouble(Double::doubleValue)
			.max()
			.orElse(0);
		context.add(Finding.below("oldest unshipped commit meanwhile, worst sample", worst * 1000, 1000, "ms")
			.and(String.format(Locale.ROOT, "; mean in first halves of the turns %.1f ms, in second halves %.1f ms",
					mean(early) * 1000, mean(late) * 1000)));
	}

	private static double mean(List<Double> values) {
		return values.stream().mapToDouble(Double::doubleValue).average().orElse(0);
	}

	private static List<Double> speeds(List<StreamingWriter.Turn> turns, int database) {
		// the first round warms up
		return turns.stream()
			.filter((turn) -> turn.database() == database && turn.round() > 0)
			.map(StreamingWriter.Turn::commitsPerSecond)
			.toList();
	}

	private static List<Double> ratios(List<StreamingWriter.Turn> turns, int database) {
		List<Double> base = speeds(turns, 0);
		List<Double> speeds = speeds(turns, database);
		List<Double> ratios = new ArrayList<>();
		for (int i = 0; i < speeds.size(); i++) {
			ratios.add(speeds.get(i) / base.get(i));
		}
		return ratios;
	}

	private static double median(List<Double> values) {
		return values.stream().sorted().toList().get(values.size() / 2);
	}

}
