package io.hacluster.replication.nats;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Collectors;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.Ticker;

/**
 * The connections of a store: one for reading that comes back by itself, and one for each
 * writer that never does, so that nothing a writer has queued can go out later.
 */
final class NatsConnections implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(NatsConnections.class);

	private static final Duration PING_INTERVAL = Duration.ofSeconds(1);

	private static final Duration RECONNECT_WAIT = Duration.ofMillis(200);

	private static final Duration ERROR_AGE = Duration.ofSeconds(30);

	private final Supplier<Options.Builder> options;

	private final NodeIdentity node;

	private final Duration timeout;

	private final Ticker ticker;

	private volatile @Nullable ServerError lastError;

	private @Nullable Connection reader;

	private boolean closed;

	NatsConnections(Supplier<Options.Builder> options, NodeIdentity node, Duration timeout, Ticker ticker) {
		this.options = options;
		this.node = node;
		this.timeout = timeout;
		this.ticker = ticker;
	}

	/**
	 * Returns the connection for reading, made on first use.
	 * @throws StoreUnavailableException if it is not connected at the moment
	 */
	synchronized Connection reader() {
		if (this.closed) {
			throw new StoreUnavailableException("The store is closed", null);
		}
		if (this.reader == null || this.reader.getStatus() == Connection.Status.CLOSED) {
			this.reader = connect(builder("reader").maxReconnects(-1)
				.reconnectWait(RECONNECT_WAIT)
				.connectionListener(this::leaveEarly));
		}
		if (this.reader.getStatus() != Connection.Status.CONNECTED) {
			throw new StoreUnavailableException("The connection to NATS is down; trying to reconnect", null);
		}
		return this.reader;
	}

	/**
	 * Leaves a server that is about to shut down; the client does not do so by itself.
	 */
	private void leaveEarly(Connection connection, ConnectionListener.Events event) {
		if (event == ConnectionListener.Events.LAME_DUCK) {
			try {
				connection.forceReconnect();
			}
			catch (IOException ex) {
				logger.debug("[{}] Could not leave a server that shuts down", this.node, ex);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Makes a connection that lives until its first disconnect.
	 */
	Connection writer() {
		return connect(builder("writer").noReconnect());
	}

	private Options.Builder builder(String use) {
		return this.options.get()
			.connectionName("ha-" + use + "-" + this.node.cluster() + "-" + this.node.nodeId())
			.connectionTimeout(this.timeout)
			.pingInterval(PING_INTERVAL)
			.maxPingsOut(2)
			.requestCleanupInterval(Duration.ofMillis(100))
			.dontForceFlushOnRequest()
			.errorListener(new RememberingListener());
	}

	private Connection connect(Options.Builder builder) {
		Options options = builder.build();
		try {
			return Nats.connect(options);
		}
		catch (AuthenticationException ex) {
			throw new StoreUnavailableException(
					"NATS at " + servers(options) + " refuses the credentials: " + ex.getMessage(), ex);
		}
		catch (IOException ex) {
			// Its message shows the addresses with their passwords
			throw new StoreUnavailableException("NATS at " + servers(options) + " cannot be reached" + lastError(),
					null);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new StoreUnavailableException("Interrupted while connecting to NATS", ex);
		}
	}

	/** Without what may be a password. */
	private static String servers(Options options) {
		return options.getServers()
			.stream()
			.map((uri) -> uri.getScheme() + "://" + uri.getHost() + ":" + uri.getPort())
			.collect(Collectors.joining(", "));
	}

	/**
	 * Returns what the server has complained about lately, to go with a timeout: a denied
	 * publish looks like one, and only the error listener is told why.
	 */
	String lastError() {
		ServerError error = this.lastError;
		return (error == null || this.ticker.nanoTime() - error.at() > ERROR_AGE.toNanos()) ? ""
				: " (the server said: " + error.text() + ")";
	}

	static void close(Connection connection) {
		try {
			connection.close();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	@Override
	public void close() {
		Connection connection;
		synchronized (this) {
			this.closed = true;
			connection = this.reader;
		}
		if (connection != null) {
			close(connection);
		}
	}

	private final class RememberingListener implements ErrorListener {

		@Override
		public void errorOccurred(Connection connection, String error) {
			NatsConnections.this.lastError = new ServerError(error, NatsConnections.this.ticker.nanoTime());
			logger.warn("[{}] NATS says: {}", NatsConnections.this.node, error);
		}

		@Override
		public void exceptionOccurred(Connection connection, Exception ex) {
			logger.debug("[{}] A NATS connection failed", NatsConnections.this.node, ex);
		}

	}

	private record ServerError(String text, long at) {
	}

}
