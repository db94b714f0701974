package io.hacluster.member;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

import org.jspecify.annotations.Nullable;

import io.hacluster.Ticker;
import io.hacluster.member.ClusterView.Seen;

/**
 * The records of the members, and when each was last found changed. A record does not
 * tell how old it is, and clocks are not compared: whoever is alive changes its record
 * again and again, and whoever has not done so for its own lease and half of it is gone.
 * One thread changes the table, any may look.
 */
final class MemberTable {

	/**
	 * The greatest number of members that are shown.
	 */
	static final int MAX_MEMBERS = 64;

	private final Ticker ticker;

	private final RecordDecoder decoder;

	private final Map<String, Entry> entries = new ConcurrentSkipListMap<>();

	private boolean listed;

	MemberTable(Ticker ticker, RecordDecoder decoder) {
		this.ticker = ticker;
		this.decoder = decoder;
	}

	/**
	 * Takes note of all records there are.
	 * @param records the records
	 */
	void listed(List<StateRecord> records) {
		Map<String, StateRecord> found = new TreeMap<>();
		records.forEach((record) -> found.put(record.key(), record));
		Set<String> gone = new HashSet<>(this.entries.keySet());
		gone.removeAll(found.keySet());
		gone.forEach(this.entries::remove);
		found.values().forEach(this::read);
		this.listed = true;
	}

	/**
	 * Takes note of a record.
	 * @param key its key
	 * @param record the record, empty if it is gone
	 */
	void read(String key, Optional<StateRecord> record) {
		record.ifPresentOrElse(this::read, () -> this.entries.remove(key));
	}

	private void read(StateRecord record) {
		Entry known = this.entries.get(record.key());
		if (known != null && known.revision() == record.revision()) {
			return;
		}
		if (known == null && this.entries.size() >= MAX_MEMBERS) {
			return;
		}
		Optional<Stored<Member>> member = this.decoder.member(record);
		if (member.isEmpty()) {
			this.entries.remove(record.key());
			return;
		}
		// What is found at first may be as old as it likes; what comes later is new
		boolean heard = known != null || this.listed;
		this.entries.put(record.key(),
				new Entry(member.get().value(), record.revision(), this.ticker.nanoTime(), heard));
	}

	/**
	 * Returns the members, ordered by their ids.
	 * @param self what this node says of itself right now, which counts more than its
	 * record; {@code null} if this is none
	 * @return a snapshot
	 */
	List<Seen> seen(@Nullable Member self) {
		long now = this.ticker.nanoTime();
		List<Seen> seen = new ArrayList<>();
		this.entries.values().forEach((entry) -> {
			if (self == null || !entry.member().nodeId().equals(self.nodeId())) {
				seen.add(new Seen(entry.member(), entry.isAlive(now), Duration.ofNanos(now - entry.changedAt())));
			}
		});
		if (self != null) {
			seen.add(new Seen(self, !Member.STOPPED.equals(self.state()), Duration.ZERO));
		}
		seen.sort(Comparator.comparing((one) -> one.member().nodeId().value()));
		return seen;
	}

	/**
	 * Returns the keys of members that have not been heard of for long, with the
	 * revisions of their records.
	 * @param silence for how long at least
	 */
	Map<String, Long> silentFor(Duration silence) {
		long now = this.ticker.nanoTime();
		Map<String, Long> silent = new TreeMap<>();
		this.entries.forEach((key, entry) -> {
			if (now - entry.changedAt() > silence.toNanos()) {
				silent.put(key, entry.revision());
			}
		});
		return silent;
	}

	/**
	 * Returns the members that have not changed their records since they were first seen,
	 * except for those that have left.
	 */
	boolean hasUnheard() {
		return this.entries.values()
			.stream()
			.anyMatch((entry) -> !entry.heard() && !Member.STOPPED.equals(entry.member().state()));
	}

	private record Entry(Member member, long revision, long changedAt, boolean heard) {

		boolean isAlive(long now) {
			long lease = this.member.leaseDuration().toNanos();
			return this.heard && !Member.STOPPED.equals(this.member.state())
					&& now - this.changedAt <= lease + lease / 2;
		}

	}

}
