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
import io.hacluster.election.Lease;
import io.hacluster.election.VersionedLease;
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
		return List.of(new Option("url", "URL", "The leader's endpoint, such as http://10.0.0.1:8080/actuator/leader. "
				+ "Not needed where ha.cluster.address is an http URL."));
	}

	@Override
	public Action prepare(Arguments arguments) {
		Optional<URI> url = arguments.value("url", "a URL that begins with http:// or https://", LeaderCall::url);
		return (environment, terminal) -> run(environment, terminal, url.orElseGet(() -> leaderUrl(environment)));
	}

	/**
	 * The address is for display, but where it is a URL, the endpoint is below it.
	 */
	private static URI leaderUrl(CommandEnvironment environment) {
		Lease lease = environment.leases()
			.read("leader")
			.map(VersionedLease::lease)
			.filter((it) -> it.state() == Lease.State.HELD)
			.orElseThrow(() -> new HaClusterException("Nobody leads at the moment, and only a leader takes snapshots"));
		try {
			String address = lease.address().replaceFirst("/+$", "");
			return LeaderCall.url(address + "/actuator/leader");
		}
		catch (IllegalArgumentException ex) {
			throw new HaClusterException(
					"The leader, node '" + lease.holder() + "', does not say where its endpoint "
							+ "is. Give its URL by --url, or set ha.cluster.address to http://HOST:PORT on each node",
					ex);
		}
	}

	private static int run(CommandEnvironment environment, Terminal terminal, URI url) throws InterruptedException {
		List<LogEntry> before = environment.log().list();
		long position = before.stream()
			.mapToLong((entry) -> entry.name().maxTxid())
			.max()
			.orElseThrow(() -> new HaClusterException("The log is empty"));
		new LeaderCall(url).post("snapshot");
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
