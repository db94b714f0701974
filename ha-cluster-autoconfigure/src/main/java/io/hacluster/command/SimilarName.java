package io.hacluster.command;

import java.util.Collection;
import java.util.Comparator;

import org.jspecify.annotations.Nullable;

/**
 * Finds what somebody may have meant.
 */
final class SimilarName {

	private SimilarName() {
	}

	/**
	 * Finds the name that is closest to what was written.
	 * @param written what was written
	 * @param names what can be meant
	 * @return the closest, {@code null} if more than a third of it would have to change
	 */
	static @Nullable String of(String written, Collection<String> names) {
		return names.stream()
			.filter((name) -> Math.abs(name.length() - written.length()) <= mistakes(name)
					&& distance(written, name) <= mistakes(name))
			.min(Comparator.comparingInt((name) -> distance(written, name)))
			.orElse(null);
	}

	private static int mistakes(String name) {
		return Math.max(1, name.length() / 3);
	}

	/**
	 * The distance of Levenshtein: how many letters must be added, removed or replaced.
	 */
	private static int distance(String first, String second) {
		int[] row = new int[second.length() + 1];
		for (int j = 0; j < row.length; j++) {
			row[j] = j;
		}
		for (int i = 1; i <= first.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j < row.length; j++) {
				int replaced = diagonal + ((first.charAt(i - 1) != second.charAt(j - 1)) ? 1 : 0);
				diagonal = row[j];
				row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
			}
		}
		return row[second.length()];
	}

}
