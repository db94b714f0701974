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

	/** Litestream's client gives a single file five seconds to come. */
	private static final int SMALLER = 4;

	private static final int RATE = 200;

	private static final int SECONDS = 5;

	private static final double LEAST = 1.5;

	@Override
	public void measure(BenchmarkContext context) throws IOException, SQLException {
		int large = context.options().large();
		for (int mebibytes : new int[] { large / SMALLER, large }) {
			try (Cluster cluster = context.cluster(Map.of())) {
				measure(context, cluster, mebibytes);
			}
		}
	}

	private static void measure(BenchmarkContext context, Cluster cluster, int mebibytes)
			throws IOException, SQLException {
		Node leader = context.startLeader(cluster, mebibytes, SeedDatabase.Content.RANDOM);
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
		String broken = (litestream != null) ? null : "there is no Litestream";
		Samples ours = new Samples();
		Samples theirs = new Samples();
		for (int round = 0; round < ROUNDS; round++) {
			Path output = cluster.directory().resolve("restored-" + round + ".db");
			Attempt mine = Attempt.of(() -> cluster.run(command(context, cluster, output), "restore.log"), TIMEOUT);
			if (mine.failure() != null) {
				throw new LabException(mine.failure());
			}
			compare(leader.replica(), output);
			context.say("round %d: %d ms by us", round, mine.taken().toMillis());
			Attempt other = null;
			if (litestream != null && broken == null) {
				Path theirOutput = cluster.directory().resolve("litestream-" + round + ".db");
				other = Attempt.of(() -> litestream.restore(theirOutput, BUCKET), TIMEOUT);
				broken = other.failure();
				if (broken == null) {
					compare(leader.replica(), theirOutput);
				}
				context.say("round %d: %s by Litestream", round,
						(broken != null) ? broken : other.taken().toMillis() + " ms");
			}
			if (round > 0) {
				ours.add(mine.taken());
			}
			if (round > 0 && other != null && broken == null) {
				theirs.add(other.taken());
			}
		}
		report(context, mebibytes, ours, theirs, broken);
	}

	private static void report(BenchmarkContext context, int mebibytes, Samples ours, Samples theirs,
			@Nullable String broken) {
		String what = "restore of " + mebibytes + " MiB from NATS";
		context.add(Finding.stated(what, ours.median().toMillis() / 1e3, "s"));
		if (theirs.size() == 0) {
			context.add(Finding.skipped(what + ", Litestream's time over ours", broken));
			return;
		}
		context.add(Finding.stated(what + " by Litestream", theirs.median().toMillis() / 1e3, "s"));
		context.add(Finding.atLeast(what + ", Litestream's time over ours",
				(double) theirs.median().toMillis() / ours.median().toMillis(), LEAST, "times"));
	}

	private static List<String> command(BenchmarkContext context, Cluster cluster, Path output) {
		List<String> command = new ArrayList<>(List.of(NodeCommand.java(), "-XX:+UseSerialGC", "-Xmx256m", "-jar",
				context.options().manager().toAbsolutePath().toString(), "restore", "--to=" + output));
		command.add("--ha.cluster.nats.servers=" + cluster.natsUrl());
		return command;
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

	/**
	 * A command that was run to its end.
	 *
	 * @param taken how long it took
	 * @param failure why it counts for nothing, null if it does
	 */
	private record Attempt(Duration taken, @Nullable String failure) {

		static Attempt of(Supplier<ChildProcess> start, Duration limit) {
			long begin = System.nanoTime();
			ChildProcess process = start.get();
			while (process.isAlive()) {
				BenchmarkContext.pause(Duration.ofMillis(5));
				if (System.nanoTime() - begin > limit.toNanos()) {
					process.kill();
					return new Attempt(limit, "it has not ended after " + limit.toSeconds() + " s");
				}
			}
			Duration taken = Duration.ofNanos(System.nanoTime() - begin);
			return new Attempt(taken, (process.exitCode() != 0)
					? "it failed after " + taken.toSeconds() + " s: " + process.lastLine() : null);
		}

	}

}
