package io.hacluster.command;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.hacluster.Ticker;
import io.hacluster.election.Lease;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.VersionedLease;

/**
 * Looks who is there. A record does not say when it was written, and clocks are not
 * compared: whoever is alive renews its record while one looks. Each does so at least
 * twice in the time of its lease.
 */
final class Members {

	private static final String PREFIX = "node.";

	private static final String LEADER = "leader";

	private static final long PAUSE_MILLIS = 200;

	private final LeaseStore store;

	private final Ticker ticker;

	Members(LeaseStore store, Ticker ticker) {
		this.store = store;
		this.ticker = ticker;
	}

	/**
	 * Watches the records until each has been renewed, or for half of a lease.
	 * @return what has been seen, the leader's record first if there is one
	 * @throws InterruptedException if interrupted
	 */
	List<Member> observe() throws InterruptedException {
		Map<String, VersionedLease> before = read();
		Map<String, VersionedLease> now = before;
		long longest = before.values().stream().mapToLong((it) -> it.lease().duration().toNanos()).max().orElse(0);
		long end = this.ticker.nanoTime() + longest / 2 + Duration.ofMillis(PAUSE_MILLIS).toNanos();
		while (!allRenewed(before, now) && this.ticker.nanoTime() - end < 0) {
			TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
			now = read();
		}
		List<Member> members = new ArrayList<>();
		for (String key : now.keySet().stream().sorted().toList()) {
			VersionedLease record = now.get(key);
			if (record != null) {
				members.add(new Member(key.equals(LEADER), record.lease(), isRenewed(before.get(key), record)));
			}
		}
		return members;
	}

	private Map<String, VersionedLease> read() {
		Map<String, VersionedLease> records = new HashMap<>();
		for (String key : this.store.keys()) {
			if (key.equals(LEADER) || key.startsWith(PREFIX)) {
				Optional<VersionedLease> record = this.store.read(key);
				record.ifPresent((present) -> records.put(key, present));
			}
		}
		return records;
	}

	private static boolean allRenewed(Map<String, VersionedLease> before, Map<String, VersionedLease> now) {
		return now.entrySet()
			.stream()
			.allMatch((entry) -> entry.getValue().lease().state() == Lease.State.RELEASED
					|| isRenewed(before.get(entry.getKey()), entry.getValue()));
	}

	private static boolean isRenewed(@Nullable VersionedLease before, VersionedLease now) {
		return now.lease().state() == Lease.State.HELD && (before == null || before.revision() != now.revision());
	}

	/**
	 * A record.
	 *
	 * @param leader whether it is that of the leader, rather than that of a node
	 * @param lease the record
	 * @param alive whether it has been renewed while it was looked at
	 */
	record Member(boolean leader, Lease lease, boolean alive) {
	}

}
