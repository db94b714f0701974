package io.hacluster.command;

import java.net.URI;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.hacluster.HaClusterException;
import io.hacluster.Ticker;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ltx.LtxName;

/**
 * Asks the leader for a snapshot, and waits until the log has it. Only the leader may
 * append to the log, so it is asked by its {@code leader} endpoint.
 */
final class SnapshotCommand implements Command {

	private static final Duration TIMEOUT = Duration.ofMinutes(10);

	private static final long PAUSE_MILLIS = 500;

	@Override
	public String name() {
		return "snapshot";
	}

	@Override
	public String summary() {
		return "Asks the leader to put a snapshot into the log, and waits for it";
	}

	@Override
	public List<Option> options() {
		return List.of(LeaderCall.OPTION);
	}

	@Override
	public Action prepare(Arguments arguments) {
		Optional<URI> url = LeaderCall.url(arguments);
		return (environment, terminal) -> run(environment, terminal, LeaderCall.of(environment, url));
	}

	private static int run(CommandEnvironment environment, Terminal terminal, LeaderCall leader)
			throws InterruptedException {
		List<LogEntry> before = environment.log().list();
		long position = before.stream()
			.mapToLong((entry) -> entry.name().maxTxid())
			.max()
			.orElseThrow(() -> new HaClusterException("The log is empty"));
		leader.post("snapshot");
		long deadline = Ticker.SYSTEM.nanoTime() + TIMEOUT.toNanos();
		while (Ticker.SYSTEM.nanoTime() - deadline < 0) {
			Optional<LogEntry> snapshot = newest(environment.log().list());
			if (snapshot.isPresent() && snapshot.get().name().maxTxid() >= position) {
				report(terminal, snapshot.get(), before);
				return OK;
			}
			TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
		}
		throw new HaClusterException("The leader has been asked, but the log has no new snapshot after "
				+ TIMEOUT.toMinutes() + " minutes. See the log and the health of the leader");
	}

	private static void report(Terminal terminal, LogEntry snapshot, List<LogEntry> before) {
		boolean known = before.stream().anyMatch((entry) -> entry.name().equals(snapshot.name()));
		terminal.out()
			.printf(Locale.ROOT,
					known ? "The log already has a snapshot at transaction %d, %s: nothing has changed since, and none "
							+ "was needed%n" : "The log has a snapshot at transaction %d, %s%n",
					snapshot.name().maxTxid(), Sizes.of(snapshot.size()));
	}

	private static Optional<LogEntry> newest(List<LogEntry> entries) {
		return entries.stream()
			.filter((entry) -> entry.name().level() == LtxName.LEVEL_SNAPSHOT)
			.max(Comparator.comparingLong((entry) -> entry.name().maxTxid()));
	}

}
