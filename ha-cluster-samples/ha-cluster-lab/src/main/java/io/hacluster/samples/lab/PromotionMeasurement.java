package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Promotion with databases of different sizes.
 */
final class PromotionMeasurement implements Measurement {

	private static final int REPETITIONS = 5;

	/** What a MiB of database takes on both nodes, in the log and while it is copied. */
	private static final int COPIES = 6;

	/** From here on only the size is real: filling and copying takes too long. */
	private static final int FILLED_MEBIBYTES = 512;

	private static final double FLAT = 1.5;

	@Override
	public void measure(BenchmarkContext context) throws IOException, SQLException {
		Duration smallest = null;
		for (int mebibytes : List.of(10, 100, context.options().large(), context.options().largest())) {
			String what = "promotion with " + mebibytes + " MiB";
			try (Cluster cluster = context.cluster(Map.of())) {
				long free = Files.getFileStore(cluster.directory()).getUsableSpace() >> 20;
				if (free < (long) COPIES * mebibytes) {
					context.add(Finding.skipped(what, "only " + free + " MiB are free in " + cluster.directory()));
					continue;
				}
				Duration median = median(context, cluster, mebibytes);
				if (smallest == null) {
					smallest = median;
					context.add(Finding.stated(what, median.toNanos() / 1e6, "ms"));
				}
				else {
					context.add(
							Finding
								.atMost(what + ", against the smallest", (double) median.toNanos() / smallest.toNanos(),
										FLAT, "times")
								.and(" (" + Samples.millis(median) + ")"));
				}
			}
		}
	}

	private static Duration median(BenchmarkContext context, Cluster cluster, int mebibytes) throws SQLException {
		Node leader = context.startLeader(cluster, mebibytes,
				(mebibytes < FILLED_MEBIBYTES) ? SeedDatabase.Content.RANDOM : SeedDatabase.Content.ZERO);
		context.startFollower(cluster, leader);
		return new StepDowns(context, cluster).run(leader, REPETITIONS).promotion().median();
	}

}
