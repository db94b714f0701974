package io.hacluster.election.nats;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamStatusException;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.impl.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.election.nats.NatsLeaseStoreException.Reason;

/**
 * The connection of a lease store: notices a dead server within seconds, fails at once
 * while there is none, and bounds every request. Thread-safe.
 */
final class NatsConnection implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(NatsConnection.class);

	private static final Duration PING_INTERVAL = Duration.ofSeconds(1);

	private static final int MAX_PINGS_OUT = 2;

	private static final Duration RECONNECT_WAIT = Duration.ofMillis(200);

	private static final int NO_RESPONDERS = 503;

	private final NodeIdentity identity;

	private final Supplier<Options.Builder> options;

	private final Duration timeout;

	private final Runnable reconnected;

	private @Nullable Connection connection;

	private boolean closed;

	private volatile String servers = "";

	private volatile @Nullable String lastError;

	private volatile @Nullable String tlsError;

	/**
	 * Creates a connection that is made when it is first used.
	 * @param identity this process
	 * @param options makes the options of each connection
	 * @param timeout how long each request may take
	 * @param reconnected called when a lost connection is back
	 */
	NatsConnection(NodeIdentity identity, Supplier<Options.Builder> options, Duration timeout, Runnable reconnected) {
		this.identity = identity;
		this.options = options;
		this.timeout = timeout;
		this.reconnected = reconnected;
	}

	/**
	 * Returns the connection, making it if there is none.
	 * @throws StoreUnavailableException if there is no server to be had now
	 */
	synchronized Connection connected() {
		if (this.closed) {
			throw new StoreUnavailableException("The lease store on NATS is closed", null);
		}
		Connection current = this.connection;
		// A client closes its connection for good when its credentials are refused twice
		if (current == null || current.getStatus() == Connection.Status.CLOSED) {
			current = connect();
			this.connection = current;
		}
		if (current.getStatus() != Connection.Status.CONNECTED) {
			throw new StoreUnavailableException("Lost the connection to NATS at " + this.servers + lastErrorText(),
					null);
		}
		return current;
	}

	private Connection connect() {
		Options configured = new Options.Builder(this.options.get().build()).connectionName(connectionName())
			.pingInterval(PING_INTERVAL)
			.maxPingsOut(MAX_PINGS_OUT)
			.maxReconnects(-1)
			.reconnectWait(RECONNECT_WAIT)
			.reconnectJitter(RECONNECT_WAIT)
			// Nothing is kept for later while there is no connection: fail at once
			.reconnectBufferSize(0)
			.reportNoResponders()
			.errorListener(new Errors())
			.build();
		this.servers = configured.getServers()
			.stream()
			.map(NatsConnection::withoutUser)
			.collect(Collectors.joining(", "));
		try {
			this.lastError = null;
			this.tlsError = null;
			Connection made = Nats.connect(configured);
			made.addConnectionListener(new Changes());
			return made;
		}
		catch (AuthenticationException ex) {
			throw new NatsLeaseStoreException(Reason.NOT_AUTHORIZED,
					"NATS at " + this.servers + " refuses the credentials", ex);
		}
		catch (IOException ex) {
			String tls = this.tlsError;
			if (tls != null) {
				throw new NatsLeaseStoreException(Reason.TLS,
						"NATS at " + this.servers + " and this node cannot agree on TLS: " + tls, null);
			}
			// Its message shows the addresses with their passwords
			throw new NatsLeaseStoreException(Reason.UNREACHABLE,
					"Cannot reach NATS at " + this.servers + lastErrorText(), null);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new StoreUnavailableException("Interrupted while connecting to NATS at " + this.servers, ex);
		}
	}

	private String connectionName() {
		return "ha-lease-" + this.identity.cluster() + "-" + this.identity.nodeId();
	}

	private static String withoutUser(URI server) {
		return server.getScheme() + "://" + server.getHost() + ":" + server.getPort();
	}

	String servers() {
		return this.servers;
	}

	/**
	 * Sends a request and waits for the answer.
	 * @return the answer, null if nobody is there to answer
	 * @throws StoreUnavailableException if there is no answer in time
	 */
	@Nullable Message request(String subject, @Nullable Headers headers, byte[] body) {
		Connection current = connected();
		this.lastError = null;
		CompletableFuture<Message> answer;
		try {
			answer = current.requestWithTimeout(subject, headers, body, this.timeout);
		}
		catch (IllegalStateException ex) {
			throw new StoreUnavailableException("Lost the connection to NATS at " + this.servers, ex);
		}
		try {
			return answer.get(this.timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof JetStreamStatusException status
					&& status.getStatus().getCode() == NO_RESPONDERS) {
				return null;
			}
			throw new StoreUnavailableException("NATS at " + this.servers + " failed: " + ex.getCause(), ex);
		}
		catch (TimeoutException | CancellationException ex) {
			throw new StoreUnavailableException("NATS at " + this.servers + " did not answer within "
					+ this.timeout.toMillis() + " ms" + lastErrorText(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new StoreUnavailableException("Interrupted while waiting for NATS at " + this.servers, ex);
		}
		finally {
			answer.cancel(false);
		}
	}

	/**
	 * Returns what the server said last, since a denied request just goes unanswered.
	 */
	String lastErrorText() {
		String error = this.lastError;
		return (error != null) ? ": " + error : "";
	}

	boolean wasDenied() {
		String error = this.lastError;
		return error != null && error.toLowerCase(Locale.ROOT).contains("permissions violation");
	}

	@Override
	public void close() {
		Connection closing;
		synchronized (this) {
			this.closed = true;
			closing = this.connection;
			this.connection = null;
		}
		if (closing != null) {
			try {
				closing.close();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	private final class Errors implements ErrorListener {

		@Override
		public void errorOccurred(Connection source, String error) {
			NatsConnection.this.lastError = error;
			logger.debug("[{}] NATS says: {}", NatsConnection.this.identity, error);
		}

		@Override
		public void exceptionOccurred(Connection source, Exception ex) {
			TlsFailure.of(ex).ifPresent((failure) -> NatsConnection.this.tlsError = failure);
			logger.debug("[{}] The connection to NATS failed: {}", NatsConnection.this.identity, ex.toString());
		}

	}

	private final class Changes implements ConnectionListener {

		// The client reports each failed attempt to reconnect as another disconnect
		private final AtomicBoolean lost = new AtomicBoolean();

		@Override
		@SuppressWarnings("deprecation")
		public void connectionEvent(Connection source, Events event) {
			switch (event) {
				case DISCONNECTED -> {
					if (this.lost.compareAndSet(false, true)) {
						logger.warn("[{}] Lost the connection to NATS at {}", NatsConnection.this.identity,
								NatsConnection.this.servers);
					}
				}
				case RECONNECTED -> {
					this.lost.set(false);
					logger.info("[{}] Connected to NATS again, at {}", NatsConnection.this.identity,
							withoutUser(URI.create(String.valueOf(source.getConnectedUrl()))));
					NatsConnection.this.reconnected.run();
				}
				case LAME_DUCK -> moveAway(source);
				default -> logger.debug("[{}] NATS: {}", NatsConnection.this.identity, event);
			}
		}

		/**
		 * Leaves a server that is shutting down before it cuts the connection.
		 */
		private void moveAway(Connection source) {
			logger.info("[{}] The NATS server is shutting down, moving to another", NatsConnection.this.identity);
			Thread thread = new Thread(() -> {
				try {
					source.forceReconnect();
				}
				catch (IOException ex) {
					logger.debug("[{}] Could not reconnect", NatsConnection.this.identity, ex);
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
			}, "ha-lease-reconnect-" + NatsConnection.this.identity.cluster());
			thread.setDaemon(true);
			thread.start();
		}

	}

}
