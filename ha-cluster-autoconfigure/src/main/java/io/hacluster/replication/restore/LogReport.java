package io.hacluster.replication.restore;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.LogEntry;

/**
 * What a {@link LogVerifier} has found.
 *
 * @param files each file of the log
 * @param problems what is wrong with the chain of files, empty if nothing
 * @param first the first transaction that can be restored, 0 if none
 * @param reached the last transaction that can be restored, 0 if none
 */
public record LogReport(List<File> files, List<String> problems, long first, long reached) {

	/**
	 * Returns whether nothing is wrong.
	 * @return {@code true} if each file and the chain are good
	 */
	public boolean isGood() {
		return this.problems.isEmpty() && this.files.stream().allMatch((file) -> file.problem() == null);
	}

	/**
	 * A file of the log.
	 *
	 * @param entry which one
	 * @param problem what is wrong with it, null if nothing
	 */
	public record File(LogEntry entry, @Nullable String problem) {
	}

}
