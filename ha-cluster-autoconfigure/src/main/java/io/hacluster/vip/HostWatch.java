package io.hacluster.vip;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * The thread that looks after a virtual IP between the calls of its owner.
 */
final class HostWatch implements AutoCloseable {

	private static final Duration JOIN = Duration.ofSeconds(5);

	private static final Logger logger = LoggerFactory.getLogger(LinuxVirtualIp.class);

	private final NodeIdentity identity;

	private final Ward ward;

	private final HostChanges changes;

	private final Thread thread;

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
	void wake() {
		this.changes.wake();
	}

	@Override
	public void close() {
		this.closed = true;
		this.changes.wake();
		boolean interrupted = false;
		try {
			this.thread.join(JOIN.toMillis());
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		if (!this.thread.isAlive()) {
			this.changes.close();
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void run() {
		while (!this.closed) {
			try {
				List<HostChange> seen = this.changes.await(this.ward.untilNext());
				this.ward.look(seen);
			}
			catch (IOException ex) {
				logger.warn("[{}] {}; what is taken away by hand is put back with the next renewal", this.identity,
						ex.getMessage());
				return;
			}
			catch (RuntimeException ex) {
				logger.warn("[{}] The virtual IP could not be looked after", this.identity, ex);
			}
		}
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
