package io.hacluster.member.nats;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
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
import io.hacluster.member.nats.NatsStateStoreException.Reason;

/**
 * The connection of a state store. It is one of its own, so that nothing that is said
 * here can delay the renewal of a lease: neither a large answer, nor a slow reader, nor a
 * denied subject. Fails at once while there is no server, and bounds every request.
 * Thread-safe.
 */
final class StateConnection implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(StateConnection.class);

	private static final Duration PING_INTERVAL = Duration.ofSeconds(2);

	private static final Duration RECONNECT_WAIT = Duration.ofMillis(250);

	private static final int NO_RESPONDERS = 503;

	private final NodeIdentity identity;

	private final Supplier<Options.Builder> options;

	private final Duration timeout;

	private final Runnable reconnected;

	private @Nullable Connection connection;

	private boolean closed;

	private volatile String servers = "";

	private volatile @Nullable String lastError;

	/**
	 * Creates a connection that is made when it is first used.
	 * @param identity this process
	 * @param options makes the options of each connection
	 * @param timeout how long each request may take
	 * @param reconnected called when a lost connection is back
	 */
	StateConnection(NodeIdentity identity, Supplier<Options.Builder> options, Duration timeout, Runnable reconnected) {
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
			throw new StoreUnavailableException("The store of the nodes' records on NATS is closed", null);
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
		Options configured = new Options.Builder(this.options.get().build())
			.connectionName("ha-members-" + this.identity.cluster() + "-" + this.identity.nodeId())
			.pingInterval(PING_INTERVAL)
			.maxPingsOut(2)
			.maxReconnects(-1)
			.reconnectWait(RECONNECT_WAIT)
			.reconnectJitter(RECONNECT_WAIT)
			// Nothing is kept for later while there is no connection: fail at once
			.reconnectBufferSize(0)
			.reportNoResponders()
			.errorListener(new Errors())
			.connectionListener(this::changed)
			.build();
		this.servers = configured.getServers()
			.stream()
			.map(StateConnection::withoutUser)
			.collect(Collectors.joining(", "));
		try {
			this.lastError = null;
			return Nats.connect(configured);
		}
		catch (AuthenticationException ex) {
			throw new NatsStateStoreException(Reason.NOT_AUTHORIZED,
					"NATS at " + this.servers + " refuses the credentials", ex);
		}
		catch (IOException ex) {
			// Its message shows the addresses with their passwords
			throw new StoreUnavailableException("Cannot reach NATS at " + this.servers + lastErrorText(), null);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new StoreUnavailableException("Interrupted while connecting to NATS at " + this.servers, ex);
		}
	}

	private static String withoutUser(URI server) {
		return server.getScheme() + "://" + server.getHost() + ":" + server.getPort();
	}

	@SuppressWarnings("deprecation")
	private void changed(Connection source, ConnectionListener.Events event) {
		if (event == ConnectionListener.Events.RECONNECTED) {
			this.reconnected.run();
		}
		else if (event == ConnectionListener.Events.LAME_DUCK) {
			leave(source);
		}
	}

	/**
	 * Leaves a server that is about to shut down; the client does not do so by itself.
	 */
	private void leave(Connection source) {
		try {
			source.forceReconnect();
		}
		catch (IOException ex) {
			logger.debug("[{}] Could not leave a server that shuts down", this.identity, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
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
			throw unanswered(ex);
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
	 * A denied request just goes unanswered; only the error listener is told why.
	 */
	private StoreUnavailableException unanswered(Exception cause) {
		String error = this.lastError;
		if (error != null && error.toLowerCase(Locale.ROOT).contains("permissions violation")) {
			return new NatsStateStoreException(Reason.NOT_AUTHORIZED,
					"NATS at " + this.servers + " does not permit what the nodes' records need: " + error, cause);
		}
		return new StoreUnavailableException("NATS at " + this.servers + " did not answer within "
				+ this.timeout.toMillis() + " ms" + lastErrorText(), cause);
	}

	private String lastErrorText() {
		String error = this.lastError;
		return (error != null) ? ": " + error : "";
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
			StateConnection.this.lastError = error;
			logger.debug("[{}] NATS says: {}", StateConnection.this.identity, error);
		}

		@Override
		public void exceptionOccurred(Connection source, Exception ex) {
			logger.debug("[{}] The connection to NATS failed: {}", StateConnection.this.identity, ex.toString());
		}

	}

}
