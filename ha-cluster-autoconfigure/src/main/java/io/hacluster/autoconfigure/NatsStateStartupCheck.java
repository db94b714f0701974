package io.hacluster.autoconfigure;

import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.member.nats.NatsStateStore;
import io.hacluster.member.nats.NatsStateStoreException;

/**
 * Looks whether NATS can hold the records of the nodes. A server that does not answer is
 * not for this check: leading does not depend on these records.
 */
final class NatsStateStartupCheck implements StartupCheck {

	private static final Logger logger = LoggerFactory.getLogger(NatsStateStartupCheck.class);

	private final NatsStateStore store;

	private final Duration timeout;

	private final NodeIdentity identity;

	/**
	 * Creates the check.
	 * @param store the store
	 * @param timeout zero for no check at all
	 * @param identity this node
	 */
	NatsStateStartupCheck(NatsStateStore store, Duration timeout, NodeIdentity identity) {
		this.store = store;
		this.timeout = timeout;
		this.identity = identity;
	}

	@Override
	public void run() {
		if (this.timeout.isZero()) {
			return;
		}
		try {
			this.store.connect();
		}
		catch (NatsStateStoreException ex) {
			throw new StartupCheckException(ex.getMessage() + ".", action(ex.reason()), ex);
		}
		catch (StoreUnavailableException ex) {
			logger.warn("[{}] Starts although the records of the nodes cannot be had: {}", this.identity,
					ex.getMessage());
		}
	}

	private static String action(NatsStateStoreException.Reason reason) {
		return switch (reason) {
			case NOT_AUTHORIZED -> "Let the user that this node logs in as work with the bucket that "
					+ "'ha.cluster.nats.state-bucket' names, as with the other buckets of this cluster.";
			case UNSUITABLE_BUCKET -> "Correct the bucket, delete it so that it is made anew, or let "
					+ "'ha.cluster.nats.state-bucket' name another one.";
		};
	}

}
