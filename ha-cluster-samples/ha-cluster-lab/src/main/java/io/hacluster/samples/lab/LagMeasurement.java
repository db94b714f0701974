package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * From a commit, made by another process, to the row being visible to a SQLite reader of
 * the follower's copy: of ours, and of Litestream's, which gets the same rows into a
 * database of its own at the same time.
 */
final class LagMeasurement implements Measurement {

	private static final int MEBIBYTES = 10;

	private static final int RATE = 200;

	/** What the just-in-time compilers are given. */
	private static final int WARM_UP_SECONDS = 10;

	private static final int SECONDS = 20;

	private static final int COMMITS = RATE * (WARM_UP_SECONDS + SECONDS);

	private static final Duration POLL = Duration.ofNanos(500_000);

	private static final Duration POLL_LITESTREAM = Duration.ofMillis(10);

	private static final Duration TIMEOUT = Duration.ofSeconds(WARM_UP_SECONDS + SECONDS + 60);

	@Override
	public void measure(BenchmarkContext context) throws IOException, SQLException {
		Cluster cluster = context.cluster(Map.of());
		Node leader = context.startLeader(cluster, MEBIBYTES, SeedDatabase.Content.RANDOM);
		Node follower = context.startFollower(cluster, leader);
		Litestream litestream = context.litestream(cluster);
		Path theirs = (litestream != null) ? follow(context, cluster, litestream) : null;
		Path times = cluster.directory().resolve("commits.txt");
		long first = 1 + Math.max(last(leader.database()), last(theirs));
		List<String> arguments = new ArrayList<>(List.of(PacedWriter.COMMAND, Integer.toString(RATE),
				Integer.toString(COMMITS), times.toString(), leader.database().toString()));
		if (theirs != null) {
			arguments.add(theirs.toString());
		}
		context.say("%d commits/s for %d s, of which %d s warm up", RATE, WARM_UP_SECONDS + SECONDS, WARM_UP_SECONDS);
		ReplicaWatch ours = new ReplicaWatch(follower.replica(), first, first + COMMITS, POLL, false);
		ReplicaWatch beside = (theirs != null)
				? new ReplicaWatch(followed(theirs), first, first + COMMITS, POLL_LITESTREAM, true) : null;
		ChildProcess writer = context.run(cluster, "writer.log", arguments.toArray(String[]::new));
		Map<Long, Long> visible = ours.await(TIMEOUT);
		Map<Long, Long> visibleBeside = (beside != null) ? beside.await(TIMEOUT) : Map.of();
		Await.until("the writer has ended", Duration.ofSeconds(10), writer::tail, () -> !writer.isAlive());
		List<String> lines = Files.readAllLines(times).subList(RATE * WARM_UP_SECONDS, COMMITS);
		report(context, samples(lines, 1, visible), (theirs != null) ? samples(lines, 2, visibleBeside) : null);
	}

	private static void report(BenchmarkContext context, Samples ours, @Nullable Samples theirs) {
		String what = "commit to visible on a follower, " + RATE + " commits/s, ";
		context.add(Finding.below(what + "p50", millis(ours, 0.5), 5, "ms"));
		context.add(Finding.below(what + "p99", millis(ours, 0.99), 25, "ms"));
		context.add(Finding.stated(what + "max of " + ours.size(), millis(ours, 1), "ms"));
		String beside = "the same rows through Litestream, ";
		if (theirs == null) {
			context.add(Finding.skipped(beside + "p50", BenchmarkContext.NO_LITESTREAM));
			return;
		}
		context.add(Finding.stated(beside + "p50", millis(theirs, 0.5), "ms"));
		context.add(Finding.stated(beside + "p99", millis(theirs, 0.99), "ms"));
		context.add(Finding.atLeast("Litestream's lag over ours, p50", millis(theirs, 0.5) / millis(ours, 0.5), 100,
				"times"));
		context
			.add(Finding.stated("Litestream's lag over ours, p99", millis(theirs, 0.99) / millis(ours, 0.99), "times"));
	}

	private static Path follow(BenchmarkContext context, Cluster cluster, Litestream litestream)
			throws IOException, SQLException {
		Path database = Files.createDirectories(cluster.directory().resolve("litestream")).resolve("data.db");
		SeedDatabase.create(database, MEBIBYTES, SeedDatabase.Content.RANDOM);
		litestream.createBucket("litestream");
		ChildProcess process = litestream.replicate(database, "litestream");
		litestream.awaitReplica(process);
		ChildProcess following = litestream.follow(followed(database), "litestream");
		Await.until("Litestream follows", Duration.ofSeconds(60), following::tail,
				() -> Files.exists(followed(database)));
		context.say("Litestream follows");
		return database;
	}

	private static Path followed(Path database) {
		return database.resolveSibling("followed.db");
	}

	private static long last(@Nullable Path file) throws SQLException {
		if (file == null) {
			return 0;
		}
		try (DatabaseFile database = DatabaseFile.open(file)) {
			return database.last();
		}
	}

	private static Samples samples(List<String> lines, int column, Map<Long, Long> visible) {
		Samples samples = new Samples();
		for (String line : lines) {
			String[] parts = line.split(" ");
			Long seen = visible.get(Long.parseLong(parts[0]));
			if (seen != null) {
				samples.add(Duration.ofNanos((seen - Long.parseLong(parts[column])) * 1_000));
			}
		}
		return samples;
	}

	private static double millis(Samples samples, double part) {
		return samples.quantile(part).toNanos() / 1e6;
	}

}
