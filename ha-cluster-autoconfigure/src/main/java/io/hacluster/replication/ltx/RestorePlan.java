package io.hacluster.replication.ltx;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the files that together bring a database to a transaction, by Litestream's
 * rule: the last snapshot, then again and again the file that connects and goes furthest.
 */
public final class RestorePlan {

	/**
	 * The target of whoever wants all there is.
	 */
	public static final long LATEST = Long.MAX_VALUE;

	/**
	 * Furthest first, then the one that begins earlier, then the higher level.
	 */
	private static final Comparator<LtxName> PREFERENCE = Comparator.comparingLong(LtxName::maxTxid)
		.thenComparing(Comparator.comparingLong(LtxName::minTxid).reversed())
		.thenComparingInt(LtxName::level);

	private RestorePlan() {
	}

	/**
	 * Chooses files for a database that does not exist yet.
	 * @param available the files of the log, in any order
	 * @param target the transaction to reach exactly, or {@link #LATEST}
	 * @return the files in the order to apply, the first one a snapshot; empty only if
	 * there are no files and the target is {@link #LATEST}
	 * @throws MissingTransactionsException if files are missing on the way
	 */
	public static List<LtxName> restore(Collection<LtxName> available, long target) {
		List<LtxName> plan = new ArrayList<>();
		lastSnapshot(available, 0, target).ifPresent(plan::add);
		extend(plan, available, plan.isEmpty() ? 0 : plan.get(0).maxTxid(), target);
		return List.copyOf(plan);
	}

	/**
	 * Chooses files for a database that stands at a transaction. If the files do not
	 * connect to it but a later snapshot covers the gap, the plan begins with that.
	 * @param available the files of the log, in any order
	 * @param current the last transaction in the database, at least 0
	 * @param target the transaction to reach exactly, or {@link #LATEST}
	 * @return the files in the order to apply; empty if there is nothing to do, also when
	 * the database is ahead of {@link #LATEST}
	 * @throws MissingTransactionsException if files are missing on the way
	 */
	public static List<LtxName> resume(Collection<LtxName> available, long current, long target) {
		if (current >= target) {
			return List.of();
		}
		Optional<LtxName> snapshot = lastSnapshot(available, current, target);
		List<LtxName> plan = new ArrayList<>();
		try {
			long reached = extend(plan, available, current, target);
			if (snapshot.isEmpty() || snapshot.get().maxTxid() <= reached) {
				return List.copyOf(plan);
			}
		}
		catch (MissingTransactionsException ex) {
			snapshot.orElseThrow(() -> ex);
		}
		plan.clear();
		snapshot.ifPresent(plan::add);
		extend(plan, available, plan.get(0).maxTxid(), target);
		return List.copyOf(plan);
	}

	private static Optional<LtxName> lastSnapshot(Collection<LtxName> available, long after, long target) {
		return available.stream()
			.filter((name) -> name.level() == LtxName.LEVEL_SNAPSHOT && name.minTxid() == 1)
			.filter((name) -> name.maxTxid() > after && name.maxTxid() <= target)
			.max(Comparator.comparingLong(LtxName::maxTxid));
	}

	private static long extend(List<LtxName> plan, Collection<LtxName> available, long from, long target) {
		List<LtxName> candidates = available.stream()
			.filter((name) -> name.level() < LtxName.LEVEL_SNAPSHOT)
			.filter((name) -> name.maxTxid() > from && name.maxTxid() <= target)
			.sorted(Comparator.comparingLong(LtxName::minTxid))
			.toList();
		long current = from;
		int next = 0;
		LtxName best = null;
		while (true) {
			while (next < candidates.size() && candidates.get(next).minTxid() <= current + 1) {
				LtxName candidate = candidates.get(next++);
				best = (best == null || PREFERENCE.compare(candidate, best) > 0) ? candidate : best;
			}
			if (best == null || best.maxTxid() <= current) {
				break;
			}
			plan.add(best);
			current = best.maxTxid();
		}
		if (next < candidates.size() || (target != LATEST && current < target)) {
			throw new MissingTransactionsException(current, target);
		}
		return current;
	}

}
