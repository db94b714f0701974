package io.hacluster.samples.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The rows that the cluster has acknowledged, in the order of their acknowledgement.
 * Thread-safe.
 */
final class Ledger {

	private final List<Entry> entries = new ArrayList<>();

	/**
	 * An acknowledged row.
	 *
	 * @param id the row
	 * @param node the node that acknowledged it
	 * @param nanos when the acknowledgement came, as {@link System#nanoTime()}
	 */
	record Entry(long id, String node, long nanos) {
	}

	synchronized void acknowledged(long id, String node, long nanos) {
		this.entries.add(new Entry(id, node, nanos));
	}

	synchronized int size() {
		return this.entries.size();
	}

	synchronized List<Entry> since(int index) {
		return List.copyOf(this.entries.subList(index, this.entries.size()));
	}

	/**
	 * Returns the first entry after a change of leader and the gap before it.
	 * @param from the first index to look at
	 * @param node the node that led before
	 * @return the gap, empty while no other node has acknowledged a row
	 */
	synchronized Optional<Gap> gap(int from, String node) {
		for (int i = Math.max(from, 1); i < this.entries.size(); i++) {
			if (!this.entries.get(i).node().equals(node)) {
				return Optional.of(new Gap(i, this.entries.get(i).nanos() - this.entries.get(i - 1).nanos()));
			}
		}
		return Optional.empty();
	}

	/**
	 * The time in which no row was acknowledged.
	 *
	 * @param index the index of the first entry afterwards
	 * @param nanos how long it took
	 */
	record Gap(int index, long nanos) {
	}

}
