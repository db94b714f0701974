package io.hacluster.member.nats;

import java.io.IOException;
import java.time.Duration;

import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.ConnectionListener;
import io.nats.client.Options;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.StoreUnavailableException;
import io.hacluster.member.nats.NatsStateStoreException.Reason;
import io.hacluster.nats.ConnectionPolicy;
import io.hacluster.nats.StoreConnection;

/**
 * The connection of a state store is one of its own, so that nothing that is said here
 * can delay the renewal of a lease: neither a large answer, nor a slow reader, nor a
 * denied subject.
 */
final class StateConnectionPolicy implements ConnectionPolicy {

	private static final Logger logger = LoggerFactory.getLogger(StateConnectionPolicy.class);

	private static final Duration PING_INTERVAL = Duration.ofSeconds(2);

	private static final Duration RECONNECT_WAIT = Duration.ofMillis(250);

	private final NodeIdentity identity;

	private final Runnable reconnected;

	/**
	 * Creates the policy of one connection.
	 * @param identity this process
	 * @param reconnected called when a lost connection is back
	 */
	StateConnectionPolicy(NodeIdentity identity, Runnable reconnected) {
		this.identity = identity;
		this.reconnected = reconnected;
	}

	@Override
	public String closed() {
		return "The store of the nodes' records on NATS is closed";
	}

	@Override
	public Options.Builder configure(Options.Builder options) {
		return options.connectionName("ha-members-" + this.identity.cluster() + "-" + this.identity.nodeId())
			.pingInterval(PING_INTERVAL)
			.reconnectWait(RECONNECT_WAIT)
			.reconnectJitter(RECONNECT_WAIT)
			.connectionListener(this::changed);
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

	@Override
	public StoreUnavailableException refused(String servers, AuthenticationException cause) {
		return new NatsStateStoreException(Reason.NOT_AUTHORIZED, "NATS at " + servers + " refuses the credentials",
				cause);
	}

	@Override
	public StoreUnavailableException unreachable(String servers, String lastError) {
		return new StoreUnavailableException("Cannot reach NATS at " + servers + lastError, null);
	}

	/**
	 * A denied request just goes unanswered; only the error listener is told why.
	 */
	@Override
	public StoreUnavailableException unanswered(String servers, String message, @Nullable String lastError,
			Exception cause) {
		if (StoreConnection.isDenial(lastError)) {
			return new NatsStateStoreException(Reason.NOT_AUTHORIZED,
					"NATS at " + servers + " does not permit what the nodes' records need: " + lastError, cause);
		}
		return new StoreUnavailableException(message, cause);
	}

}
