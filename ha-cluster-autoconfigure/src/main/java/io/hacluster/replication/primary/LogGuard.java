package io.hacluster.replication.primary;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.replication.Fence;
import io.hacluster.replication.LogEntry;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.LtxName;
import io.hacluster.replication.ltx.MissingTransactionsException;
import io.hacluster.replication.ltx.RestorePlan;

/**
 * Looks now and then whether the log of a leader still is what it takes it for. An
 * operator may purge or delete it, and a server that has been told so goes on taking
 * batches all the same, into a log from which nothing can be restored. Then the log is
 * opened again, and a full copy shipped into it. Thread-safe.
 */
public final class LogGuard implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(LogGuard.class);

	private static final Duration LOOK = Duration.ofSeconds(2);

	private static final Duration AUDIT = Duration.ofSeconds(60);

	private static final Duration CLOSE = Duration.ofSeconds(1);

	private final NodeIdentity identity;

	private final Primary primary;

	private final ReplicaStore store;

	private final Ticker ticker;

	private final PrimarySignal signal = new PrimarySignal();

	private @Nullable Thread thread;

	private volatile boolean stopped;

	private long auditedAt;

	private boolean suspected;

	/**
	 * Creates a guard that does nothing yet.
	 * @param identity this process
	 * @param primary who ships
	 * @param store the log, for reading
	 * @param ticker for the intervals
	 */
	public LogGuard(NodeIdentity identity, Primary primary, ReplicaStore store, Ticker ticker) {
		this.identity = identity;
		this.primary = primary;
		this.store = store;
		this.ticker = ticker;
		this.auditedAt = ticker.nanoTime();
	}

	/**
	 * Starts to look.
	 */
	public synchronized void start() {
		if (this.thread == null && !this.stopped) {
			Thread created = new Thread(this::run, "ha-log-guard-" + this.identity.cluster());
			created.setDaemon(true);
			created.start();
			this.thread = created;
		}
	}

	private void run() {
		while (!this.stopped) {
			this.signal.await(LOOK.toNanos());
			Fence fence = this.primary.shipper().fence();
			if (fence != null && !this.stopped) {
				try {
					look(fence);
				}
				catch (StoreUnavailableException ex) {
					// The next append says so too, and sees to it
					logger.debug("[{}] The log cannot be looked at", this.identity, ex);
				}
			}
		}
	}

	private void look(Fence fence) {
		Optional<Fence> current = this.store.currentFence();
		if (current.filter((found) -> found.epoch().compareTo(fence.epoch()) > 0).isPresent()) {
			giveWay(fence);
		}
		else if (current.filter((found) -> isSame(fence, found)).isEmpty()) {
			distrust(fence, current.isEmpty() ? "The log has been wiped: the fence of this leader is gone"
					: "The log has another fence than that of this leader");
		}
		else if (this.suspected || this.ticker.nanoTime() - this.auditedAt > AUDIT.toNanos()) {
			audit(fence);
		}
	}

	private static boolean isSame(Fence ours, Fence found) {
		return found.logId().equals(ours.logId()) && found.epoch().equals(ours.epoch())
				&& found.nonce().equals(ours.nonce());
	}

	/**
	 * Files may have gone although the fence stands. A listing is not atomic while files
	 * are retired, so that two have to agree.
	 */
	void audit(Fence fence) {
		this.auditedAt = this.ticker.nanoTime();
		long acknowledged = this.primary.status().txid();
		String missing = findMissing(acknowledged);
		if (missing == null) {
			this.suspected = false;
		}
		else if (!this.suspected) {
			this.suspected = true;
		}
		else {
			this.suspected = false;
			distrust(fence, "The log cannot be restored, files have been removed from it: " + missing);
		}
	}

	private @Nullable String findMissing(long acknowledged) {
		Set<LtxName> names = this.store.list().stream().map(LogEntry::name).collect(Collectors.toSet());
		long newest = names.stream().mapToLong(LtxName::maxTxid).max().orElse(0);
		if (newest < acknowledged) {
			return "it ends at transaction " + newest + ", before " + acknowledged;
		}
		try {
			RestorePlan.restore(names, RestorePlan.LATEST);
			return null;
		}
		catch (MissingTransactionsException ex) {
			return String.valueOf(ex.getMessage());
		}
	}

	private void distrust(Fence fence, String reason) {
		if (!this.stopped) {
			logger.warn("[{}] {}; it is opened again, and the whole database shipped into it", this.identity, reason);
			this.primary.distrustLog(fence, reason);
		}
	}

	/**
	 * Lets the log be opened again, which is refused: the end of a leader that does not
	 * know yet that it was frozen for longer than its lease.
	 */
	private void giveWay(Fence fence) {
		if (!this.stopped) {
			String reason = "The log has the fence of a newer leader";
			logger.warn("[{}] {}: this node is superseded, and ships no more", this.identity, reason);
			this.primary.distrustLog(fence, reason);
		}
	}

	/**
	 * Stops without a wait to speak of; idempotent.
	 */
	@Override
	public void close() {
		this.stopped = true;
		this.signal.give();
		Thread running;
		synchronized (this) {
			running = this.thread;
		}
		if (running != null) {
			try {
				running.join(CLOSE.toMillis());
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

}
