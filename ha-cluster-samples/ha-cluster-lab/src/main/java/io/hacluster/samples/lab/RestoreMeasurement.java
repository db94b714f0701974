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

	private static final Duration TIMEOUT = Duration.ofMinutes(1);

	private static final Duration TIMEOUT_LITESTREAM = Duration.ofSeconds(45);

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
		// what led becomes the replica: nobody writes any more, and all of it is in the
		// log
		leader.process().terminate(Duration.ofSeconds(60));
		Litestream litestream = context.litestream(cluster);
		Samples ours = new Samples();
		Samples theirs = new Samples();
		for (int round = 0; round < ROUNDS; round++) {
			Path output = cluster.directory().resolve("restored-" + round + ".db");
			Duration mine = time(() -> cluster.run(command(context, cluster, output), "restore.log"), TIMEOUT);
			if (mine == null) {
				throw new LabException("the restore does not end");
			}
			compare(leader.replica(), output);
			context.say("round %d: %d ms by us", round, mine.toMillis());
			Duration other = (litestream != null) ? beside(context, cluster, litestream, leader, round) : null;
			if (round > 0) {
				ours.add(mine);
			}
			if (round > 0 && other != null) {
				theirs.add(other);
			}
			if (litestream != null && other == null) {
				// it would not end in the next round either
				litestream = null;
			}
		}
		report(context, ours, theirs);
	}

	private static @Nullable Duration beside(BenchmarkContext context, Cluster cluster, Litestream litestream,
			Node node, int round) throws IOException, SQLException {
		Path output = cluster.directory().resolve("litestream-" + round + ".db");
		Duration taken = time(() -> litestream.restore(output, BUCKET), TIMEOUT_LITESTREAM);
		if (taken == null) {
			context.add(Finding.stated("the same by Litestream, from the same bucket, not done after",
					TIMEOUT_LITESTREAM.toSeconds(), "s"));
			return null;
		}
		compare(node.replica(), output);
		context.say("round %d: %d ms by Litestream", round, taken.toMillis());
		return taken;
	}

	private static void report(BenchmarkContext context, Samples ours, Samples theirs) {
		String what = "restore of " + context.options().large() + " MiB from NATS";
		context.add(Finding.stated(what, ours.median().toMillis() / 1e3, "s"));
		if (theirs.size() == 0) {
			context.add(Finding.skipped("restore, Litestream's time over ours", "there is no time of Litestream's"));
			return;
		}
		context
			.add(Finding.stated("the same by Litestream, from the same bucket", theirs.median().toMillis() / 1e3, "s"));
		context.add(Finding.atLeast("restore, Litestream's time over ours",
				(double) theirs.median().toMillis() / ours.median().toMillis(), LEAST, "times"));
	}

	private static List<String> command(BenchmarkContext context, Cluster cluster, Path output) {
		List<String> command = new ArrayList<>(List.of(NodeCommand.java(), "-XX:+UseSerialGC", "-Xmx256m", "-jar",
				context.options().manager().toAbsolutePath().toString(), "restore", "--to=" + output));
		command.add("--ha.cluster.nats.servers=" + cluster.natsUrl());
		return command;
	}

	/**
	 * Runs a command to its end.
	 * @return how long it took, null if it does not end in time
	 */
	private static @Nullable Duration time(Supplier<ChildProcess> start, Duration limit) {
		long begin = System.nanoTime();
		ChildProcess process = start.get();
		while (process.isAlive()) {
			BenchmarkContext.pause(Duration.ofMillis(5));
			if (System.nanoTime() - begin > limit.toNanos()) {
				process.kill();
				return null;
			}
		}
		if (process.exitCode() != 0) {
			throw new LabException("a restore failed with exit code " + process.exitCode() + "\n" + process.tail());
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
