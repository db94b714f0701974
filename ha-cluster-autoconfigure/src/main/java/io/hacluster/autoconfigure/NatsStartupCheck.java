package io.hacluster.autoconfigure;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;
import io.hacluster.election.nats.NatsLeaseStoreException;
import io.hacluster.election.nats.NatsLeaseStoreException.Reason;

/**
 * Looks whether NATS can hold the leases. A server that does not answer, or has no
 * JetStream, gets some time, because it may be starting as well; one that refuses this
 * node does not.
 */
final class NatsStartupCheck implements StartupCheck {

	private static final Logger logger = LoggerFactory.getLogger(NatsStartupCheck.class);

	private static final Duration PAUSE = Duration.ofMillis(250);

	/**
	 * With TLS 1.3 a server rejects a certificate after the handshake, by hanging up.
	 */
	private static final String REJECTED = "It may also be that the servers do not accept the certificate of this "
			+ "node, or want one: let 'ha.cluster.nats.ssl.bundle' have one that they trust. ";

	private final Runnable connect;

	private final Duration timeout;

	private final boolean secured;

	private final NodeIdentity identity;

	private final Ticker ticker;

	/**
	 * Creates the check.
	 * @param connect connects and verifies the bucket
	 * @param timeout how long to wait for a server that does not answer, zero for no
	 * check at all
	 * @param secured whether the connection has an SSL bundle
	 * @param identity this node
	 * @param ticker measures the timeout
	 */
	NatsStartupCheck(Runnable connect, Duration timeout, boolean secured, NodeIdentity identity, Ticker ticker) {
		this.connect = connect;
		this.timeout = timeout;
		this.secured = secured;
		this.identity = identity;
		this.ticker = ticker;
	}

	@Override
	public void run() {
		if (this.timeout.isZero()) {
			return;
		}
		long deadline = this.ticker.nanoTime() + this.timeout.toNanos();
		NatsLeaseStoreException failure = attempt();
		if (failure != null) {
			logger.info("[{}] {}; waiting up to {} s for it", this.identity, failure.getMessage(),
					this.timeout.toSeconds());
		}
		while (failure != null) {
			if (this.ticker.nanoTime() - deadline >= 0) {
				throw refused(failure);
			}
			pause();
			failure = attempt();
		}
	}

	private @Nullable NatsLeaseStoreException attempt() {
		try {
			this.connect.run();
			return null;
		}
		catch (NatsLeaseStoreException ex) {
			if (ex.reason() != Reason.UNREACHABLE && ex.reason() != Reason.NO_JETSTREAM) {
				throw refused(ex);
			}
			return ex;
		}
		catch (StoreUnavailableException ex) {
			return new NatsLeaseStoreException(Reason.UNREACHABLE, String.valueOf(ex.getMessage()), ex);
		}
	}

	private static void pause() {
		try {
			// Nothing tells when a server begins to listen.
			new CountDownLatch(1).await(PAUSE.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted while waiting for NATS", ex);
		}
	}

	private StartupCheckException refused(NatsLeaseStoreException cause) {
		return new StartupCheckException(cause.getMessage() + ".", action(cause.reason()), cause);
	}

	private String action(Reason reason) {
		return switch (reason) {
			case UNREACHABLE ->
				"Start a NATS server with JetStream ('nats-server -js'), or correct " + "'ha.cluster.nats.servers'. "
						+ (this.secured ? REJECTED : "") + "To start the application without waiting for NATS, set "
						+ "'ha.cluster.nats.startup-timeout' to 0.";
			case NOT_AUTHORIZED -> "Correct 'ha.cluster.nats.username' and 'ha.cluster.nats.password', "
					+ "'ha.cluster.nats.token', 'ha.cluster.nats.credentials-file' or 'ha.cluster.nats.nkey-seed', "
					+ "whichever the server asks for, and let that user work with the buckets of this cluster.";
			case TLS -> "Let 'ha.cluster.nats.ssl.bundle' name an SSL bundle that trusts the authority of the servers' "
					+ "certificates, and has a key and a certificate of its own if the servers ask for one. The hosts "
					+ "in 'ha.cluster.nats.servers' must be among the names in the certificates.";
			case NO_JETSTREAM -> "Enable JetStream ('nats-server -js', or 'jetstream {}' in the server's "
					+ "configuration) for the account that this node logs in to, or let 'ha.cluster.nats.servers' "
					+ "name servers that have it.";
			case UNSUITABLE_BUCKET -> "Correct the bucket, delete it so that it is made anew, or let "
					+ "'ha.cluster.nats.election-bucket' name another one.";
			case SERVER_TOO_OLD -> "Upgrade the NATS servers, or set 'ha.cluster.nats.replicas' to 1.";
		};
	}

}
