package io.hacluster.member;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.member.TermHistory.PastTerm;

/**
 * Looks at the records of the nodes from outside, for somebody who is none of them.
 * Writes nothing.
 */
public final class MemberReader {

	private static final Duration PAUSE = Duration.ofMillis(200);

	private static final Duration LONGEST = Duration.ofSeconds(30);

	private final StateStore store;

	private final NodeIdentity identity;

	private final Ticker ticker;

	/**
	 * Creates a reader.
	 * @param store where the records are
	 * @param identity who reads
	 * @param ticker measures how long
	 */
	public MemberReader(StateStore store, NodeIdentity identity, Ticker ticker) {
		this.store = store;
		this.identity = identity;
		this.ticker = ticker;
	}

	/**
	 * Watches the members until each has been heard of, or has left, and at most for half
	 * of the longest lease, or 30 seconds if a record says more than a minute: whoever is
	 * alive says something at least twice in the time of its lease.
	 * @return what has been seen
	 * @throws StoreUnavailableException if the store does not answer in time
	 * @throws InterruptedException if interrupted
	 */
	public ClusterView observe() throws InterruptedException {
		MemberTable table = new MemberTable(this.ticker, new RecordDecoder(this.identity));
		table.listed(this.store.list(StateKeys.MEMBERS));
		long longest = table.seen(null)
			.stream()
			.mapToLong((seen) -> seen.member().leaseDuration().toNanos())
			.max()
			.orElse(0);
		long end = this.ticker.nanoTime() + Math.min(longest / 2, LONGEST.toNanos()) + PAUSE.toNanos();
		while (table.hasUnheard() && this.ticker.nanoTime() - end < 0) {
			TimeUnit.MILLISECONDS.sleep(PAUSE.toMillis());
			table.listed(this.store.list(StateKeys.MEMBERS));
		}
		ControlRecords control = new ControlRecords(this.store, this.identity);
		return new ClusterView(this.identity.cluster(), table.seen(null), control.pause().orElse(null), true);
	}

	/**
	 * Reads the terms.
	 * @return the terms that are remembered, the newest first
	 * @throws StoreUnavailableException if the store does not answer in time
	 */
	public List<PastTerm> terms() {
		StoredTermHistory history = new StoredTermHistory(this.identity);
		history.listed(this.store.list(StateKeys.TERMS));
		return history.terms();
	}

}
