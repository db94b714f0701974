package io.hacluster.vip;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * The thread that looks after a virtual IP between the calls of its owner. If it cannot
 * hear what changes on this host, it tries to again.
 */
final class HostWatch implements AutoCloseable {

	private static final Duration JOIN = Duration.ofSeconds(5);

	private static final Duration RETRY = Duration.ofSeconds(1);

	private static final Logger logger = LoggerFactory.getLogger(LinuxVirtualIp.class);

	private final NodeIdentity identity;

	private final Ward ward;

	private final Thread thread;

	private @Nullable HostChanges changes;

	private volatile boolean closed;

	/**
	 * Begins to listen.
	 * @param identity the node
	 * @param ward what to look after
	 * @throws IOException if the system refuses
	 */
	HostWatch(NodeIdentity identity, Ward ward) throws IOException {
		this.identity = identity;
		this.ward = ward;
		this.changes = new HostChanges();
		this.thread = new Thread(this::run, "ha-vip-watch-" + identity.cluster());
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Lets {@link Ward#untilNext()} be asked again.
	 */
	synchronized void wake() {
		if (this.changes != null) {
			this.changes.wake();
		}
		LockSupport.unpark(this.thread);
	}

	@Override
	public void close() {
		this.closed = true;
		wake();
		try {
			this.thread.join(JOIN.toMillis());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void run() {
		try {
			while (!this.closed) {
				look();
			}
		}
		finally {
			exchange(null);
		}
	}

	private void look() {
		try {
			List<HostChange> seen = await(this.ward.untilNext());
			if (!this.closed) {
				this.ward.look(seen);
			}
		}
		catch (RuntimeException ex) {
			logger.warn("[{}] The virtual IP could not be looked after", this.identity, ex);
			LockSupport.parkNanos(RETRY.toNanos());
		}
	}

	private List<HostChange> await(Duration timeout) {
		HostChanges current = this.changes;
		if (current == null) {
			return listenAgain(timeout);
		}
		try {
			return current.await(timeout);
		}
		catch (IOException ex) {
			logger.warn("[{}] {}; until that is mended, what is taken away by hand is put back with the next renewal",
					this.identity, ex.getMessage());
			exchange(null);
			return List.of();
		}
	}

	private List<HostChange> listenAgain(Duration timeout) {
		LockSupport.parkNanos(((timeout.compareTo(RETRY) < 0) ? timeout : RETRY).toNanos());
		try {
			exchange(new HostChanges());
		}
		catch (IOException ex) {
			logger.debug("[{}] The changes of this host cannot be heard yet", this.identity, ex);
			return List.of();
		}
		logger.info("[{}] The changes of this host are heard again", this.identity);
		return List.of(new HostChange(HostChange.Kind.UNKNOWN, null, null));
	}

	/**
	 * Nobody may wake by a descriptor that has been closed: another file may have its
	 * number.
	 */
	private synchronized void exchange(@Nullable HostChanges next) {
		if (this.changes != null) {
			this.changes.close();
		}
		this.changes = next;
	}

	/**
	 * What is looked after.
	 */
	interface Ward {

		/**
		 * Returns how long nothing is to be done unless something changes.
		 */
		Duration untilNext();

		/**
		 * Does what is due.
		 * @param changes what has changed, may be empty
		 */
		void look(List<HostChange> changes);

	}

}
