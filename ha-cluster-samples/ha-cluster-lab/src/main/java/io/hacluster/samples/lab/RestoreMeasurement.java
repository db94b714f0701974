package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * A large database out of NATS: by our command and by Litestream's, from the very same
 * bucket, in turns, the whole command with the start of its process.
 */
final class RestoreMeasurement implements Measurement {

	static final String BUCKET = "ha-convex-db";

	/** The first of them only brings the bucket into the page cache. */
	private static final int ROUNDS = 4;

	private static final Duration TIMEOUT = Duration.ofMinutes(2);

	private static final int RATE = 200;

	private static final int SECONDS = 5;

	private static final double LEAST = 1.5;

	@Override
	public void measure(BenchmarkContext context) throws IOException, SQLException {
		Cluster cluster = context.cluster(Map.of());
		Node leader = context.startLeader(cluster, context.options().large(), SeedDatabase.Content.RANDOM);
		context.awaitShipped(leader);
		ChildProcess writer = context.run(cluster, "writer.log", PacedWriter.COMMAND, Integer.toString(RATE),
				Integer.toString(RATE * SECONDS), cluster.directory().resolve("commits.txt").toString(),
				leader.database().toString());
		Await.until("the writer has ended", TIMEOUT, writer::tail, () -> !writer.isAlive());
		context.awaitShipped(leader);
		leader.process().terminate(Duration.ofSeconds(60));
		Litestream litestream = context.litestream(cluster);
		Samples ours = new Samples();
		Samples theirs = new Samples();
		for (int round = 0; round < ROUNDS; round++) {
			Path output = cluster.directory().resolve("restored-" + round + ".db");
			Samples mine = (round > 0) ? ours : new Samples();
			mine.add(time(() -> cluster.run(command(context, cluster, output), "restore.log")));
			compare(leader.database(), output);
			if (litestream != null) {
				Path beside = cluster.directory().resolve("litestream-" + round + ".db");
				Samples other = (round > 0) ? theirs : new Samples();
				other.add(time(() -> litestream.restore(beside, BUCKET)));
				compare(leader.database(), beside);
			}
		}
		report(context, ours, (litestream != null) ? theirs : null);
	}

	private static void report(BenchmarkContext context, Samples ours, @Nullable Samples theirs) {
		String what = "restore of " + context.options().large() + " MiB from NATS";
		context.add(Finding.stated(what, ours.median().toMillis() / 1e3, "s"));
		if (theirs == null) {
			context.add(Finding.skipped("the same by Litestream", BenchmarkContext.NO_LITESTREAM));
			return;
		}
		context
			.add(Finding.stated("the same by Litestream, from the same bucket", theirs.median().toMillis() / 1e3, "s"));
		context.add(Finding.atLeast("restore, Litestream's time over ours",
				(double) theirs.median().toMillis() / ours.median().toMillis(), LEAST, "times"));
	}

	private static List<String> command(BenchmarkContext context, Cluster cluster, Path output) {
		List<String> command = new ArrayList<>(List.of(NodeCommand.java(), "-XX:+UseSerialGC", "-Xmx256m", "-jar",
				context.options().manager().toAbsolutePath().toString(), "restore", "--to", output.toString()));
		command.add("--ha.cluster.nats.servers=" + cluster.natsUrl());
		return command;
	}

	private static Duration time(Supplier<ChildProcess> start) {
		long begin = System.nanoTime();
		ChildProcess process = start.get();
		while (process.isAlive()) {
			BenchmarkContext.pause(Duration.ofMillis(5));
			if (System.nanoTime() - begin > TIMEOUT.toNanos()) {
				throw new LabException("the restore does not end\n" + process.tail());
			}
		}
		return Duration.ofNanos(System.nanoTime() - begin);
	}

	private static void compare(Path database, Path restored) throws IOException, SQLException {
		if (!Files.exists(restored)) {
			throw new LabException("nothing was restored to " + restored);
		}
		try (DatabaseFile expected = DatabaseFile.open(database); DatabaseFile actual = DatabaseFile.open(restored)) {
			if (!expected.rows().equals(actual.rows()) || expected.fillers() != actual.fillers()) {
				throw new LabException("what was restored to " + restored + " is not the database");
			}
		}
		Files.delete(restored);
	}

}
