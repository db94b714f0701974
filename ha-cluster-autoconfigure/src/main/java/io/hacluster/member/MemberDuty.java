package io.hacluster.member;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.ClusterRole;
import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.member.ClusterView.Seen;

/**
 * What a node does about members, one step after the other: it says how it is, reads what
 * the others say, and keeps the store tidy while it leads. Steps may wait for the store,
 * and for nothing else. Confined to one thread, except where it says otherwise.
 */
final class MemberDuty {

	/**
	 * For how long at most the node is not asked how it is.
	 */
	static final Duration LOOK = Duration.ofMillis(500);

	/**
	 * After how long without a word a member is removed from the store.
	 */
	static final Duration FORGET = Duration.ofHours(24);

	private static final Duration RETRY = Duration.ofSeconds(2);

	/**
	 * Every how many lists of the members the terms are listed as well.
	 */
	private static final int LISTS_PER_TERM_LIST = 10;

	private static final Logger logger = LoggerFactory.getLogger(ClusterMembers.class);

	private final NodeIdentity identity;

	private final StateStore store;

	private final Supplier<Member> source;

	private final Duration heartbeat;

	private final ControlRecords control;

	private final StoredTermHistory history;

	private final MemberTable table;

	private final Publication publication;

	private final Ticker ticker;

	private final RandomGenerator random;

	private long revision;

	private long listAt;

	private int lists;

	private @Nullable Long leadingSince;

	private volatile @Nullable Member self;

	private volatile boolean current;

	private boolean complained;

	MemberDuty(NodeIdentity identity, StateStore store, Supplier<Member> source, Duration heartbeat,
			ControlRecords control, StoredTermHistory history, Ticker ticker, RandomGenerator random) {
		this.identity = identity;
		this.store = store;
		this.source = source;
		this.heartbeat = heartbeat;
		this.control = control;
		this.history = history;
		this.table = new MemberTable(ticker, new RecordDecoder(identity));
		this.publication = new Publication(heartbeat, random);
		this.ticker = ticker;
		this.random = random;
		this.listAt = ticker.nanoTime();
	}

	/**
	 * Returns what is known now. May be called by any thread.
	 */
	ClusterView view() {
		return new ClusterView(this.identity.cluster(), this.table.seen(this.self),
				this.control.latestPause().orElse(null), this.current);
	}

	/**
	 * Does what is due.
	 * @param changed the keys that may have changed, an empty one for all of them
	 * @return nanoseconds until something may be due again, at least one
	 */
	long step(Set<String> changed) {
		Member member = this.source.get();
		this.self = member;
		long pause = LOOK.toNanos();
		if (this.publication.pause(member, this.ticker.nanoTime()) <= 0) {
			attempt(() -> publish(member));
		}
		boolean all = changed.contains("");
		if (all || this.ticker.nanoTime() - this.listAt >= 0) {
			boolean terms = all || this.lists % LISTS_PER_TERM_LIST == 0;
			this.current = attempt(() -> list(member, terms));
			this.listAt = this.ticker.nanoTime() + (this.current ? this.heartbeat.toNanos() : untilRetry());
		}
		else if (!changed.isEmpty()) {
			this.current = attempt(() -> changed.forEach(this::read)) && this.current;
		}
		if (this.history.hasPending()) {
			attempt(() -> this.history.write(this.store));
		}
		lead(member);
		long now = this.ticker.nanoTime();
		pause = Math.min(pause, this.publication.pause(member, now));
		return Math.max(1, Math.min(pause, this.listAt - now));
	}

	private long untilRetry() {
		long most = Math.min(this.heartbeat.toNanos(), RETRY.toNanos());
		return most / 2 + this.random.nextLong(most / 2);
	}

	/**
	 * Says that this node has left, and writes what is still to be written. Tries once.
	 */
	void leave() {
		Member last = this.source.get();
		Member stopped = new Member(last.nodeId(), last.nonce(), last.version(), ClusterRole.FOLLOWER, Member.STOPPED,
				last.epoch(), last.position(), last.lag(), last.backend(), last.address(), last.labels(),
				last.priority(), false, last.failure(), last.leaseDuration(), last.at());
		this.self = stopped;
		if (attempt(() -> write(stopped)) && this.history.hasPending()) {
			attempt(() -> this.history.write(this.store));
		}
		this.current = false;
	}

	private void publish(Member member) {
		try {
			write(member);
			this.publication.succeeded(member, this.ticker.nanoTime());
		}
		catch (HaClusterException ex) {
			this.publication.failed(this.ticker.nanoTime());
			throw ex;
		}
	}

	private void write(Member member) {
		byte[] bytes = MemberCodec.encode(member);
		String key = StateKeys.member(member.nodeId());
		try {
			this.revision = (this.revision > 0) ? this.store.update(key, bytes, this.revision)
					: this.store.create(key, bytes);
		}
		catch (StateConflictException ex) {
			// A former life of this node, or somebody who has removed the record
			this.revision = this.store.read(key).map(StateRecord::revision).orElse(0L);
			this.revision = (this.revision > 0) ? this.store.update(key, bytes, this.revision)
					: this.store.create(key, bytes);
		}
	}

	private void list(Member member, boolean terms) {
		this.table.listed(this.store.list(StateKeys.MEMBERS));
		read(StateKeys.PAUSE);
		read(StateKeys.REQUEST);
		if (terms) {
			this.history.listed(this.store.list(StateKeys.TERMS));
			if (member.role() == ClusterRole.LEADER) {
				tidy();
			}
		}
		this.lists++;
	}

	private void read(String key) {
		if (key.equals(StateKeys.PAUSE) || key.equals(StateKeys.REQUEST)) {
			Optional<StateRecord> record = this.store.read(key);
			if (key.equals(StateKeys.PAUSE) && record.isEmpty() && this.control.latestPause().isPresent()) {
				logger.warn("[{}] The record of the pause has been removed, and the cluster is no longer paused: "
						+ "nobody has resumed it", this.identity);
			}
			this.control.seen(key, record);
		}
		else if (key.startsWith(StateKeys.MEMBERS) && !key.equals(StateKeys.member(this.identity.nodeId()))) {
			this.table.read(key, this.store.read(key));
		}
		else if (key.startsWith(StateKeys.TERMS)) {
			this.history.read(this.store.read(key));
		}
	}

	private void tidy() {
		for (Map.Entry<String, Long> silent : this.table.silentFor(FORGET).entrySet()) {
			boolean unchanged = this.store.read(silent.getKey())
				.filter((record) -> record.revision() == silent.getValue())
				.isPresent();
			if (unchanged && !silent.getKey().equals(StateKeys.member(this.identity.nodeId()))) {
				logger.info("[{}] The record '{}' has not changed for {} h and is removed", this.identity,
						silent.getKey(), FORGET.toHours());
				this.store.remove(silent.getKey());
			}
		}
		for (String term : this.history.superfluous()) {
			this.store.remove(term);
			this.history.forget(term);
		}
	}

	/**
	 * Completes earlier terms once this node has led for so long that their leaders would
	 * have written their ends.
	 */
	private void lead(Member member) {
		if (member.role() != ClusterRole.LEADER) {
			this.leadingSince = null;
			return;
		}
		long now = this.ticker.nanoTime();
		if (this.leadingSince == null) {
			this.leadingSince = now;
		}
		else if (now - this.leadingSince >= member.leaseDuration().toNanos()) {
			this.history.complete(member.epoch(), this.table.seen(member).stream().map(Seen::member).toList());
		}
	}

	/**
	 * Does something with the store, and logs where that begins to fail and where it no
	 * longer does.
	 * @return whether it was done
	 */
	private boolean attempt(Runnable action) {
		try {
			action.run();
			if (this.complained) {
				this.complained = false;
				logger.info("[{}] The other nodes can be told and heard again", this.identity);
			}
			return true;
		}
		catch (StoreUnavailableException | StateConflictException ex) {
			if (!this.complained) {
				this.complained = true;
				logger.warn("[{}] The other nodes can be neither told nor heard: {}", this.identity, ex.getMessage());
			}
			return false;
		}
	}

}
