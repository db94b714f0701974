package io.hacluster.nats;

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
import io.nats.client.ErrorListener;
import io.nats.client.JetStreamStatusException;
import io.nats.client.Message;
import io.nats.client.Options;
import io.nats.client.impl.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;

/**
 * The connection of one store: fails at once while there is no server, and bounds every
 * request. Thread-safe.
 */
public final class StoreConnection implements AutoCloseable {

	private static final Logger logger = LoggerFactory.getLogger(StoreConnection.class);

	private static final int MAX_PINGS_OUT = 2;

	private static final int NO_RESPONDERS = 503;

	private final NodeIdentity identity;

	private final Supplier<Options.Builder> options;

	private final Duration timeout;

	private final ConnectionPolicy policy;

	private @Nullable Connection connection;

	private boolean closed;

	private volatile String servers = "";

	private volatile @Nullable String lastError;

	/**
	 * Creates a connection that is made when it is first used.
	 * @param identity this process
	 * @param options makes the options of each connection
	 * @param timeout how long each request may take
	 * @param policy what is the store's own
	 */
	public StoreConnection(NodeIdentity identity, Supplier<Options.Builder> options, Duration timeout,
			ConnectionPolicy policy) {
		this.identity = identity;
		this.options = options;
		this.timeout = timeout;
		this.policy = policy;
	}

	/**
	 * Returns the connection, making it if there is none.
	 * @return the connection
	 * @throws StoreUnavailableException if there is no server to be had now
	 */
	public synchronized Connection connected() {
		if (this.closed) {
			throw new StoreUnavailableException(this.policy.closed(), null);
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
		Options configured = this.policy
			.configure(new Options.Builder(this.options.get().build()).maxPingsOut(MAX_PINGS_OUT)
				.maxReconnects(-1)
				// Nothing is kept for later while there is no connection: fail at once
				.reconnectBufferSize(0)
				.reportNoResponders()
				.errorListener(new Errors()))
			.build();
		this.servers = configured.getServers()
			.stream()
			.map(StoreConnection::withoutUser)
			.collect(Collectors.joining(", "));
		try {
			this.lastError = null;
			return this.policy.open(configured, this.servers);
		}
		catch (AuthenticationException ex) {
			throw this.policy.refused(this.servers, ex);
		}
		catch (IOException ex) {
			throw this.policy.unreachable(this.servers, lastErrorText());
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new StoreUnavailableException("Interrupted while connecting to NATS at " + this.servers, ex);
		}
	}

	/**
	 * Returns the address of a server as people may see it.
	 * @param server the address, maybe with a password
	 * @return the address without
	 */
	public static String withoutUser(URI server) {
		return server.getScheme() + "://" + server.getHost() + ":" + server.getPort();
	}

	/**
	 * Returns the servers as people may see them.
	 * @return their addresses, empty before the first attempt to connect
	 */
	public String servers() {
		return this.servers;
	}

	/**
	 * Sends a request and waits for the answer.
	 * @param subject where to
	 * @param headers its headers, if it has any
	 * @param body what is sent
	 * @return the answer, null if nobody is there to answer
	 * @throws StoreUnavailableException if there is no answer in time
	 */
	public @Nullable Message request(String subject, @Nullable Headers headers, byte[] body) {
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

	private StoreUnavailableException unanswered(Exception cause) {
		String error = this.lastError;
		String message = "NATS at " + this.servers + " did not answer within " + this.timeout.toMillis() + " ms"
				+ text(error);
		return this.policy.unanswered(this.servers, message, error, cause);
	}

	/**
	 * Returns what the server said last, since a denied request just goes unanswered.
	 * @return the text in a form to be appended; empty if it said nothing
	 */
	public String lastErrorText() {
		return text(this.lastError);
	}

	private static String text(@Nullable String error) {
		return (error != null) ? ": " + error : "";
	}

	/**
	 * Returns whether what the server said last was that a permission is missing.
	 * @return whether it was
	 */
	public boolean wasDenied() {
		return isDenial(this.lastError);
	}

	/**
	 * Returns whether the server says that a permission is missing.
	 * @param error what it says, if anything
	 * @return whether it does
	 */
	public static boolean isDenial(@Nullable String error) {
		return error != null && error.toLowerCase(Locale.ROOT).contains("permissions violation");
	}

	/**
	 * Closes the connection for good.
	 */
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
			StoreConnection.this.lastError = error;
			logger.debug("[{}] NATS says: {}", StoreConnection.this.identity, error);
		}

		@Override
		public void exceptionOccurred(Connection source, Exception ex) {
			StoreConnection.this.policy.failed(ex);
			logger.debug("[{}] The connection to NATS failed: {}", StoreConnection.this.identity, ex.toString());
		}

	}

}
