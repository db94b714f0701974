package io.hacluster.replication.restore;

import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.MissingTransactionsException;
import io.hacluster.replication.ltx.RestorePlan;

/**
 * Chooses the files for a restore from one listing of the log. The point is turned into a
 * transaction by everything that the listing holds, and reached exactly, or it is an
 * error: a damaged file never silently becomes an older state.
 */
final class RestorePlanner {

	private static final int NEIGHBOURS = 20;

	private final Map<LtxName, LogEntry> entries = new HashMap<>();

	private final Set<LtxName> damaged;

	/**
	 * Creates a planner.
	 * @param entries a listing
	 * @param damaged files in it that are not to be used
	 */
	RestorePlanner(Collection<LogEntry> entries, Set<LtxName> damaged) {
		entries.forEach((entry) -> this.entries.put(entry.name(), entry));
		this.damaged = damaged;
	}

	/**
	 * Chooses the files.
	 * @param point the state to reach
	 * @return the files in the order to apply, at least one
	 * @throws RestoreException if the state cannot be reached
	 */
	List<LogEntry> plan(RestorePoint point) {
		if (this.entries.isEmpty()) {
			throw new RestoreException("The log is empty: there is nothing to restore");
		}
		List<LtxName> names = names(point);
		if (!this.damaged.isEmpty()) {
			names = withoutDamaged(names.get(names.size() - 1).maxTxid());
		}
		return names.stream().map((name) -> Objects.requireNonNull(this.entries.get(name))).toList();
	}

	private List<LtxName> names(RestorePoint point) {
		if (point instanceof RestorePoint.Transaction transaction) {
			return namesTo(transaction.txid());
		}
		if (point instanceof RestorePoint.Before before) {
			return namesBefore(before.moment());
		}
		try {
			return RestorePlan.restore(this.entries.keySet(), RestorePlan.LATEST);
		}
		catch (MissingTransactionsException ex) {
			throw hole(ex.reached(), ex);
		}
	}

	private List<LtxName> namesTo(long txid) {
		try {
			return RestorePlan.restore(this.entries.keySet(), txid);
		}
		catch (MissingTransactionsException ex) {
			throw new RestoreException(unreachable(txid, ex.reached()), ex);
		}
	}

	private String unreachable(long txid, long reached) {
		long last = this.entries.keySet().stream().mapToLong(LtxName::maxTxid).max().orElse(0);
		if (txid > last) {
			return "There is no transaction " + txid + ": the log ends with transaction " + last;
		}
		OptionalLong next = firstReachableAfter(txid);
		String after = next.isPresent() ? Long.toString(next.getAsLong()) : "none";
		return "The log does not hold the state after transaction " + txid + " by itself, because files that did have "
				+ "been merged or retired, or are missing. The nearest states before and after it that can be "
				+ "restored: " + ((reached > 0) ? reached : "none") + " and " + after;
	}

	private OptionalLong firstReachableAfter(long txid) {
		return this.entries.keySet()
			.stream()
			.mapToLong(LtxName::maxTxid)
			.filter((max) -> max > txid)
			.sorted()
			.distinct()
			.limit(NEIGHBOURS)
			.filter(this::isReachable)
			.findFirst();
	}

	private boolean isReachable(long txid) {
		try {
			RestorePlan.restore(this.entries.keySet(), txid);
			return true;
		}
		catch (MissingTransactionsException ex) {
			return false;
		}
	}

	private List<LtxName> namesBefore(Instant moment) {
		Set<LtxName> older = this.entries.values()
			.stream()
			.filter((entry) -> entry.timestamp().isBefore(moment))
			.map(LogEntry::name)
			.collect(Collectors.toSet());
		try {
			List<LtxName> plan = RestorePlan.restore(older, RestorePlan.LATEST);
			if (plan.isEmpty()) {
				throw tooEarly(moment);
			}
			return plan;
		}
		catch (MissingTransactionsException ex) {
			if (ex.reached() == 0) {
				throw tooEarly(moment);
			}
			requireNoHole(ex);
			// A later transaction may carry an earlier time, when the clocks of two
			// leaders
			// differ: the first one that is not older than the moment ends the search
			return RestorePlan.restore(older, ex.reached());
		}
	}

	private void requireNoHole(MissingTransactionsException cause) {
		try {
			RestorePlan.resume(this.entries.keySet(), cause.reached(), RestorePlan.LATEST);
		}
		catch (MissingTransactionsException ex) {
			throw hole(ex.reached(), ex);
		}
	}

	private RestoreException tooEarly(Instant moment) {
		Optional<LogEntry> first = this.entries.values()
			.stream()
			.filter((entry) -> entry.name().minTxid() == 1)
			.min(Comparator.comparing(LogEntry::timestamp));
		return new RestoreException("The log holds no state from before " + moment + ". " + first
			.map((entry) -> "It reaches back to " + entry.timestamp() + ", transaction " + entry.name().maxTxid())
			.orElse("It holds no snapshot at all"));
	}

	private static RestoreException hole(long reached, MissingTransactionsException cause) {
		return new RestoreException((reached == 0)
				? "The log cannot be restored: it holds no snapshot, and its first transactions are missing"
				: "The log has a hole: nothing continues after transaction " + reached
						+ ". What comes before it can be restored by asking for transaction " + reached,
				cause);
	}

	private List<LtxName> withoutDamaged(long txid) {
		Set<LtxName> sound = this.entries.keySet()
			.stream()
			.filter((name) -> !this.damaged.contains(name))
			.collect(Collectors.toSet());
		try {
			return RestorePlan.restore(sound, txid);
		}
		catch (MissingTransactionsException ex) {
			String files = this.damaged.stream().sorted().map(LtxName::path).collect(Collectors.joining(", "));
			throw new RestoreException(
					"Transaction " + txid + " cannot be restored: damaged in the log are " + files
							+ ((ex.reached() == 0) ? ", and nothing can be restored without them"
									: ". What comes before can be restored by asking for transaction " + ex.reached()),
					ex);
		}
	}

}
