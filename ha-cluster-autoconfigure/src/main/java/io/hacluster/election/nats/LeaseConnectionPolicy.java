package io.hacluster.election.nats;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.election.nats.NatsLeaseStoreException.Reason;
import io.hacluster.nats.ConnectionPolicy;
import io.hacluster.nats.StoreConnection;

/**
 * The connection of a lease store notices a dead server within seconds, and tells people
 * when it is lost and when it is back.
 */
final class LeaseConnectionPolicy implements ConnectionPolicy {

	private static final Logger logger = LoggerFactory.getLogger(LeaseConnectionPolicy.class);

	private static final Duration PING_INTERVAL = Duration.ofSeconds(1);

	private static final Duration RECONNECT_WAIT = Duration.ofMillis(200);

	private final NodeIdentity identity;

	private final Runnable reconnected;

	private volatile @Nullable String tlsError;

	/**
	 * Creates the policy of one connection.
	 * @param identity this process
	 * @param reconnected called when a lost connection is back
	 */
	LeaseConnectionPolicy(NodeIdentity identity, Runnable reconnected) {
		this.identity = identity;
		this.reconnected = reconnected;
	}

	@Override
	public String closed() {
		return "The lease store on NATS is closed";
	}

	@Override
	public Options.Builder configure(Options.Builder options) {
		return options.connectionName("ha-lease-" + this.identity.cluster() + "-" + this.identity.nodeId())
			.pingInterval(PING_INTERVAL)
			.reconnectWait(RECONNECT_WAIT)
			.reconnectJitter(RECONNECT_WAIT);
	}

	@Override
	public Connection open(Options options, String servers) throws IOException, InterruptedException {
		this.tlsError = null;
		Connection made = Nats.connect(options);
		made.addConnectionListener(new Changes(servers));
		return made;
	}

	@Override
	public StoreUnavailableException refused(String servers, AuthenticationException cause) {
		return new NatsLeaseStoreException(Reason.NOT_AUTHORIZED, "NATS at " + servers + " refuses the credentials",
				cause);
	}

	@Override
	public StoreUnavailableException unreachable(String servers, String lastError) {
		String tls = this.tlsError;
		if (tls != null) {
			return new NatsLeaseStoreException(Reason.TLS,
					"NATS at " + servers + " and this node cannot agree on TLS: " + tls, null);
		}
		return new NatsLeaseStoreException(Reason.UNREACHABLE, "Cannot reach NATS at " + servers + lastError, null);
	}

	@Override
	public void failed(Exception failure) {
		TlsFailure.of(failure).ifPresent((reason) -> this.tlsError = reason);
	}

	private final class Changes implements ConnectionListener {

		private final String servers;

		// The client reports each failed attempt to reconnect as another disconnect
		private final AtomicBoolean lost = new AtomicBoolean();

		Changes(String servers) {
			this.servers = servers;
		}

		@Override
		@SuppressWarnings("deprecation")
		public void connectionEvent(Connection source, Events event) {
			switch (event) {
				case DISCONNECTED -> {
					if (this.lost.compareAndSet(false, true)) {
						logger.warn("[{}] Lost the connection to NATS at {}", LeaseConnectionPolicy.this.identity,
								this.servers);
					}
				}
				case RECONNECTED -> {
					this.lost.set(false);
					logger.info("[{}] Connected to NATS again, at {}", LeaseConnectionPolicy.this.identity,
							StoreConnection.withoutUser(URI.create(String.valueOf(source.getConnectedUrl()))));
					LeaseConnectionPolicy.this.reconnected.run();
				}
				case LAME_DUCK -> moveAway(source);
				default -> logger.debug("[{}] NATS: {}", LeaseConnectionPolicy.this.identity, event);
			}
		}

		/**
		 * Leaves a server that is shutting down before it cuts the connection.
		 */
		private void moveAway(Connection source) {
			logger.info("[{}] The NATS server is shutting down, moving to another",
					LeaseConnectionPolicy.this.identity);
			Thread thread = new Thread(() -> {
				try {
					source.forceReconnect();
				}
				catch (IOException ex) {
					logger.debug("[{}] Could not reconnect", LeaseConnectionPolicy.this.identity, ex);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}, "ha-lease-reconnect-" + LeaseConnectionPolicy.this.identity.cluster());
			thread.setDaemon(true);
			thread.start();
		}

	}

}
