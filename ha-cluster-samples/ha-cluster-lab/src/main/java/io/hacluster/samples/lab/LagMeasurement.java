package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * From a commit on the leader, made by another process, to the row being visible in the
 * follower's replica to any SQLite reader.
 *
 * @param cluster a running cluster
 * @param lab the executable jar of the lab
 */
record LagMeasurement(Cluster cluster, Path lab) {

	static final int RATE = 200;

	static final int SECONDS = 40;

	/** What the just-in-time compilers of both managers are given. */
	private static final int WARM_UP_SECONDS = 10;

	private static final Duration POLL = Duration.ofNanos(500_000);

	Samples measure(Node leader) throws SQLException, IOException {
		Path times = this.cluster.directory().resolve("commits.txt");
		Map<Long, Long> visible = new HashMap<>();
		try (DatabaseFile replica = DatabaseFile.open(this.cluster.other(leader).replica())) {
			long first = replica.last() + 1;
			long end = first + RATE * SECONDS;
			ChildProcess writer = this.cluster.run(List.of(NodeCommand.java(), "-XX:+UseSerialGC", "-jar",
					this.lab.toString(), PacedWriter.COMMAND, leader.database().toString(), Integer.toString(RATE),
					Integer.toString(RATE * SECONDS), times.toString()), "writer.log");
			long deadline = System.nanoTime() + Duration.ofSeconds(SECONDS + 60).toNanos();
			long next = first;
			while (next < end) {
				long last = replica.last();
				long now = PacedWriter.micros();
				for (; next <= last; next++) {
					visible.put(next, now);
				}
				if (System.nanoTime() > deadline) {
					throw new LabException(
							"the replica stands at row " + last + " of " + (end - 1) + "\n" + writer.tail());
				}
				LockSupport.parkNanos(POLL.toNanos());
			}
			Await.until("the writer has ended", Duration.ofSeconds(10), writer::tail, () -> !writer.isAlive());
			return samples(Files.readAllLines(times), first + RATE * WARM_UP_SECONDS, visible);
		}
	}

	private static Samples samples(List<String> lines, long from, Map<Long, Long> visible) {
		Samples samples = new Samples();
		for (String line : lines) {
			String[] parts = line.split(" ");
			long id = Long.parseLong(parts[0]);
			Long seen = visible.get(id);
			if (id >= from && seen != null) {
				samples.add(Duration.ofNanos((seen - Long.parseLong(parts[1])) * 1_000));
			}
		}
		return samples;
	}

}
