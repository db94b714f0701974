package io.hacluster.member;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;

/**
 * The terms as the store has them, and those of this node that it does not have yet. The
 * leader writes its own term: when it begins, when the promotion has ended, and when it
 * has ended. A leader that dies cannot write the end; whoever leads after it does so a
 * while later, from what was last heard of it, with the beginning of the next term as the
 * latest time that the end can have been. Thread-safe.
 */
public final class StoredTermHistory implements TermHistory {

	/**
	 * How many terms are remembered.
	 */
	static final int MAX_TERMS = 50;

	static final String NOT_IN_ORDER = "did not end in order: it ended at this time at the latest";

	static final String LAST_HEARD = "did not end in order: its leader was last heard of one lease before this time";

	private final NodeId self;

	private final RecordDecoder decoder;

	private final SortedMap<Long, Stored<PastTerm>> known = new TreeMap<>();

	private final SortedMap<Long, PastTerm> pending = new TreeMap<>();

	private @Nullable PastTerm running;

	/**
	 * Creates an empty history.
	 * @param identity this process
	 */
	public StoredTermHistory(NodeIdentity identity) {
		this.self = identity.nodeId();
		this.decoder = new RecordDecoder(identity);
	}

	@Override
	public synchronized List<PastTerm> terms() {
		SortedMap<Long, PastTerm> all = new TreeMap<>(Comparator.reverseOrder());
		this.known.forEach((epoch, term) -> all.put(epoch, term.value()));
		all.putAll(this.pending);
		return capped(all.values().stream().limit(MAX_TERMS).toList());
	}

	/**
	 * A node that was frozen ends its term when it runs again, long after its lease has
	 * run out: the beginning of the next term is the latest that it can have led.
	 */
	private static List<PastTerm> capped(List<PastTerm> newestFirst) {
		List<PastTerm> capped = new ArrayList<>();
		Instant latest = Instant.MAX;
		for (PastTerm term : newestFirst) {
			Instant to = term.to();
			if (to != null && to.isAfter(latest)) {
				// Wall clocks differ, but no term ends before it begins
				capped.add(ended(term, latest.isBefore(term.from()) ? term.from() : latest, term.reason()));
			}
			else {
				capped.add(term);
			}
			latest = term.from();
		}
		return List.copyOf(capped);
	}

	private static PastTerm ended(PastTerm term, @Nullable Instant to, @Nullable String reason) {
		return new PastTerm(term.epoch(), term.leader(), term.from(), to, reason, term.promotion(), term.stepDown());
	}

	/**
	 * A term of this node has begun.
	 * @param epoch its epoch
	 * @param from when, by this node's wall clock
	 */
	public void began(long epoch, Instant from) {
		change(epoch, from, (term) -> term);
	}

	/**
	 * The promotion of this node has ended, one way or the other.
	 * @param epoch the epoch of the term
	 * @param from when it began, by this node's wall clock
	 * @param steps its steps
	 */
	public void promoted(long epoch, Instant from, List<StepTime> steps) {
		change(epoch, from, (term) -> new PastTerm(epoch, this.self, term.from(), term.to(), term.reason(), steps,
				term.stepDown()));
	}

	/**
	 * A term of this node has ended.
	 * @param epoch its epoch
	 * @param to when, by this node's wall clock
	 * @param reason why, for people
	 * @param steps the steps of stepping down
	 */
	public void ended(long epoch, Instant to, String reason, List<StepTime> steps) {
		change(epoch, to, (term) -> new PastTerm(epoch, this.self, term.from(), to, reason, term.promotion(), steps));
	}

	private synchronized void change(long epoch, Instant from, UnaryOperator<PastTerm> change) {
		PastTerm term = this.pending.get(epoch);
		if (term == null) {
			Stored<PastTerm> stored = this.known.get(epoch);
			term = (stored != null && stored.value().leader().equals(this.self)) ? stored.value()
					: new PastTerm(epoch, this.self, from, null, null, List.of(), List.of());
		}
		PastTerm changed = change.apply(term);
		this.pending.put(epoch, changed);
		this.running = (changed.to() == null) ? changed : null;
	}

	/**
	 * Takes note of all terms in the store. A term of this node that lasts, and that
	 * somebody has removed, is to be written again.
	 */
	synchronized void listed(List<StateRecord> records) {
		this.known.clear();
		records.forEach(this::add);
		PastTerm lasting = this.running;
		if (lasting != null && !this.known.containsKey(lasting.epoch())) {
			this.pending.putIfAbsent(lasting.epoch(), lasting);
		}
	}

	/**
	 * Takes note of a term in the store.
	 */
	synchronized void read(Optional<StateRecord> record) {
		record.ifPresent(this::add);
	}

	private void add(StateRecord record) {
		this.decoder.term(record).ifPresent((term) -> this.known.put(term.value().epoch(), term));
	}

	/**
	 * Completes the terms before one of this node's that have no end.
	 * @param epoch the term of this node, begun so long ago that an end would have been
	 * written by now
	 * @param heard what the nodes have last said of themselves
	 */
	synchronized void complete(long epoch, List<Member> heard) {
		for (Stored<PastTerm> stored : List.copyOf(this.known.headMap(epoch).values())) {
			PastTerm term = stored.value();
			if (term.to() == null && !this.pending.containsKey(term.epoch())) {
				this.pending.put(term.epoch(), completed(term, heard));
			}
		}
	}

	/**
	 * What the leader last said as the leader of that term tells more than the beginning
	 * of the next one, before which the cluster may have been without a leader for long.
	 */
	private PastTerm completed(PastTerm term, List<Member> heard) {
		Instant latest = successor(term.epoch());
		return heard.stream()
			.filter((member) -> member.nodeId().equals(term.leader()) && member.epoch() == term.epoch()
					&& member.role() == ClusterRole.LEADER)
			.map((member) -> member.at().plus(member.leaseDuration()))
			.filter((end) -> !end.isBefore(term.from()) && latest != null && end.isBefore(latest))
			.findFirst()
			.map((end) -> ended(term, end, LAST_HEARD))
			.orElseGet(() -> ended(term, latest, NOT_IN_ORDER));
	}

	private @Nullable Instant successor(long epoch) {
		return terms().stream()
			.filter((term) -> term.epoch() > epoch)
			.min(Comparator.comparingLong(PastTerm::epoch))
			.map(PastTerm::from)
			.orElse(null);
	}

	synchronized boolean hasPending() {
		return !this.pending.isEmpty();
	}

	/**
	 * Writes what the store does not have yet.
	 * @param store the store
	 * @throws io.hacluster.StoreUnavailableException if it is away; it is then to be
	 * tried again
	 */
	void write(StateStore store) {
		Map<Long, PastTerm> writing;
		synchronized (this) {
			writing = new TreeMap<>(this.pending);
		}
		writing.forEach((epoch, term) -> {
			try {
				long revision = write(store, epoch, term);
				written(epoch, term, new Stored<>(term, revision));
			}
			catch (StateConflictException ex) {
				reread(store, epoch, term);
			}
		});
	}

	private long write(StateStore store, long epoch, PastTerm term) {
		Stored<PastTerm> present;
		synchronized (this) {
			present = this.known.get(epoch);
		}
		byte[] bytes = TermCodec.encode(term);
		String key = StateKeys.term(epoch);
		return (present != null) ? store.update(key, bytes, present.revision()) : store.create(key, bytes);
	}

	/**
	 * Somebody else has written: the leader itself knows best how its term ended.
	 */
	private void reread(StateStore store, long epoch, PastTerm term) {
		Optional<StateRecord> record = store.read(StateKeys.term(epoch));
		synchronized (this) {
			this.known.remove(epoch);
			read(record);
			Stored<PastTerm> found = this.known.get(epoch);
			boolean mine = term.leader().equals(this.self);
			if (record.isPresent() && (found == null || (!mine && found.value().to() != null))) {
				this.pending.remove(epoch, term);
			}
		}
	}

	private synchronized void written(long epoch, PastTerm term, Stored<PastTerm> stored) {
		this.known.put(epoch, stored);
		this.pending.remove(epoch, term);
	}

	/**
	 * Returns the keys of the terms that are too old to be remembered.
	 */
	synchronized List<String> superfluous() {
		List<Long> epochs = new ArrayList<>(this.known.keySet());
		return epochs.subList(0, Math.max(0, epochs.size() - MAX_TERMS)).stream().map(StateKeys::term).toList();
	}

	/**
	 * Forgets a term that has been removed from the store.
	 */
	synchronized void forget(String key) {
		this.known.keySet().removeIf((epoch) -> StateKeys.term(epoch).equals(key));
	}

}
