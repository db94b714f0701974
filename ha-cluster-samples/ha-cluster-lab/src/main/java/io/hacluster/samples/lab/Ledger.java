package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
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
	 * Returns when the last acknowledgement came.
	 * @return the time, {@link Long#MIN_VALUE} if there is none
	 */
	synchronized long last() {
		return this.entries.isEmpty() ? Long.MIN_VALUE : this.entries.get(this.entries.size() - 1).nanos();
	}

	/**
	 * Returns the number of the last row.
	 * @return the number, 0 if there is none
	 */
	synchronized long lastId() {
		return this.entries.isEmpty() ? 0 : this.entries.get(this.entries.size() - 1).id();
	}

	/**
	 * Returns all entries by the time of their acknowledgement.
	 */
	synchronized List<Entry> byTime() {
		return this.entries.stream().sorted(Comparator.comparingLong(Entry::nanos)).toList();
	}

	/**
	 * Returns the longest time without an acknowledgement that ended after a moment.
	 * @param entries what was acknowledged, by time
	 * @param since the moment
	 * @return that time, of no length if nothing was acknowledged since
	 */
	static Outage outage(List<Entry> entries, long since) {
		Outage longest = new Outage(since, since);
		for (int i = 1; i < entries.size(); i++) {
			Outage outage = new Outage(entries.get(i - 1).nanos(), entries.get(i).nanos());
			if (outage.to() - since > 0 && outage.duration().compareTo(longest.duration()) > 0) {
				longest = outage;
			}
		}
		return longest;
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
	 * A time without an acknowledgement.
	 *
	 * @param from the acknowledgement before
	 * @param to the acknowledgement after
	 */
	record Outage(long from, long to) {

		Duration duration() {
			return Duration.ofNanos(this.to - this.from);
		}

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
