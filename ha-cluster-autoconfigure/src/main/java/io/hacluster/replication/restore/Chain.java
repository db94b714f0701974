package io.hacluster.replication.restore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

import io.hacluster.replication.ltx.LtxName;

/**
 * Which transactions a set of files leads to.
 */
final class Chain {

	private final TreeSet<Long> reachable = new TreeSet<>();

	/**
	 * Follows the files from the snapshots on.
	 * @param files files that are good
	 */
	Chain(Collection<LtxName> files) {
		files.stream()
			.sorted(Comparator.comparingLong(LtxName::maxTxid))
			.filter(this::connects)
			.forEach((file) -> this.reachable.add(file.maxTxid()));
	}

	/**
	 * Returns whether something leads to a file, all files that end before it having been
	 * looked at.
	 */
	private boolean connects(LtxName file) {
		Long before = this.reachable.ceiling(file.minTxid() - 1);
		return file.minTxid() == 1 || (before != null && before < file.maxTxid());
	}

	long first() {
		return this.reachable.isEmpty() ? 0 : this.reachable.first();
	}

	long reached() {
		return this.reachable.isEmpty() ? 0 : this.reachable.last();
	}

	/**
	 * Says what is wrong.
	 * @param files all files, good or bad
	 * @return one sentence for each problem
	 */
	List<String> problems(Collection<LtxName> files) {
		List<String> problems = new ArrayList<>();
		if (files.isEmpty()) {
			return problems;
		}
		if (this.reachable.isEmpty()) {
			problems.add("nothing can be restored, because no good file begins with transaction 1");
			return problems;
		}
		long last = max(files, LtxName.LEVEL_SNAPSHOT);
		long lastBatch = max(files, LtxName.LEVEL_BATCH);
		if (reached() < last) {
			problems
				.add("the log ends with transaction " + last + ", but the latest that can be restored is " + reached());
		}
		if (lastBatch < last) {
			problems.add("the last file of level 0 ends with transaction " + lastBatch + ", others with " + last
					+ ": Litestream takes the former for the end of the log");
		}
		files.stream()
			.sorted(Comparator.comparingLong(LtxName::minTxid))
			.filter((file) -> file.maxTxid() > first() && file.minTxid() > 1 && !leadsTo(file))
			.findFirst()
			.ifPresent((file) -> problems
				.add("nothing leads to " + file + ": transactions before " + file.minTxid() + " are missing"));
		return problems;
	}

	private boolean leadsTo(LtxName file) {
		Long before = this.reachable.ceiling(file.minTxid() - 1);
		return before != null && before <= file.maxTxid();
	}

	private static long max(Collection<LtxName> files, int level) {
		return files.stream().filter((file) -> file.level() <= level).mapToLong(LtxName::maxTxid).max().orElse(0);
	}

}
