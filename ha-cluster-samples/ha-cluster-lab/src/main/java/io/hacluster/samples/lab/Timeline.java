package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who held something and from when to when, as {@link System#nanoTime()}. Thread-safe.
 */
final class Timeline {

	private final Map<String, List<Span>> spans = new LinkedHashMap<>();

	/**
	 * Notes that somebody holds it; does nothing if that is known.
	 * @param who the holder
	 * @param nanos since when
	 */
	synchronized void began(String who, long nanos) {
		List<Span> own = this.spans.computeIfAbsent(who, (key) -> new ArrayList<>());
		if (own.isEmpty() || !own.get(own.size() - 1).isOpen()) {
			own.add(new Span(nanos, Long.MAX_VALUE));
		}
	}

	/**
	 * Notes that somebody no longer holds it; does nothing if that is known.
	 * @param who the former holder
	 * @param nanos since when
	 */
	synchronized void ended(String who, long nanos) {
		List<Span> own = this.spans.getOrDefault(who, List.of());
		if (!own.isEmpty() && own.get(own.size() - 1).isOpen()) {
			own.set(own.size() - 1, new Span(own.get(own.size() - 1).from(), nanos));
		}
	}

	synchronized boolean holds(String who) {
		List<Span> own = this.spans.getOrDefault(who, List.of());
		return !own.isEmpty() && own.get(own.size() - 1).isOpen();
	}

	synchronized List<String> holders() {
		return this.spans.keySet().stream().filter(this::holds).toList();
	}

	/**
	 * Returns how often somebody has taken it since a moment.
	 * @param who the holder
	 * @param since the moment
	 * @return the number of times
	 */
	synchronized long timesBegunSince(String who, long since) {
		return this.spans.getOrDefault(who, List.of()).stream().filter((span) -> span.from() - since > 0).count();
	}

	/**
	 * Returns for how long at most two of them have held it at the same time.
	 * @param from what was before does not count
	 * @param to neither does what was after
	 * @return the longest such time
	 */
	synchronized Duration overlap(long from, long to) {
		long longest = 0;
		List<String> names = List.copyOf(this.spans.keySet());
		for (int i = 0; i < names.size(); i++) {
			for (String other : names.subList(i + 1, names.size())) {
				for (Span mine : this.spans.get(names.get(i))) {
					for (Span theirs : this.spans.get(other)) {
						longest = Math.max(longest, mine.within(from, to).overlap(theirs.within(from, to)));
					}
				}
			}
		}
		return Duration.ofNanos(longest);
	}

	private record Span(long from, long to) {

		boolean isOpen() {
			return this.to == Long.MAX_VALUE;
		}

		Span within(long begin, long end) {
			return new Span(Math.max(this.from, begin), Math.min(this.to, end));
		}

		long overlap(Span other) {
			return Math.min(this.to, other.to) - Math.max(this.from, other.from);
		}

	}

}
