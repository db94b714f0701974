package io.hacluster.samples.lab;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * The rows of a database by their number.
 *
 * @param payloads the payloads by number
 */
record Rows(NavigableMap<Long, String> payloads) {

	private static final int SHOWN_DIFFERENCES = 5;

	/**
	 * Returns the payload that the writer gives a row, so that content can be told from
	 * presence.
	 * @param id the row
	 * @return its payload
	 */
	static String payload(long id) {
		return "row " + id + " " + Long.toHexString(id * 0x9E3779B97F4A7C15L);
	}

	Rows upTo(long id) {
		return new Rows(new TreeMap<>(this.payloads.headMap(id, true)));
	}

	boolean holds(long id) {
		return payload(id).equals(this.payloads.get(id));
	}

	/**
	 * Compares row by row.
	 * @param other the other rows
	 * @return the first differences in words, empty if there are none
	 */
	List<String> differences(Rows other) {
		List<String> differences = new ArrayList<>();
		NavigableMap<Long, String> union = new TreeMap<>(this.payloads);
		union.putAll(other.payloads);
		Iterator<Map.Entry<Long, String>> entries = union.entrySet().iterator();
		while (entries.hasNext() && differences.size() < SHOWN_DIFFERENCES) {
			long id = entries.next().getKey();
			String mine = this.payloads.get(id);
			String theirs = other.payloads.get(id);
			if (mine == null || theirs == null) {
				differences.add("row " + id + " is only in the " + ((mine != null) ? "first" : "second"));
			}
			else if (!mine.equals(theirs)) {
				differences.add("row " + id + " differs: '" + mine + "' and '" + theirs + "'");
			}
		}
		return differences;
	}

}
