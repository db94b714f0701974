package io.hacluster.autoconfigure;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import io.hacluster.Ticker;
import io.nats.client.AuthenticationException;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks whether NATS answers, lets this node in, and has JetStream. A server that does
 * not answer gets some time, because it may be starting as well; a refused login does
 * not.
 */
final class NatsStartupCheck implements StartupCheck {

	private static final Logger logger = LoggerFactory.getLogger(NatsStartupCheck.class);

	private static final Duration PAUSE = Duration.ofMillis(250);

	private final Supplier<Options.Builder> options;

	private final List<String> servers;

	private final Duration timeout;

	private final Ticker ticker;

	NatsStartupCheck(Supplier<Options.Builder> options, List<String> servers, Duration timeout, Ticker ticker) {
		this.options = options;
		this.servers = servers;
		this.timeout = timeout;
		this.ticker = ticker;
	}

	@Override
	public void run() {
		if (this.timeout.isZero()) {
			return;
		}
		long deadline = this.ticker.nanoTime() + this.timeout.toNanos();
		boolean announced = false;
		while (true) {
			try (Connection connection = Nats.connect(this.options.get().noReconnect().build())) {
				checkJetStream(connection);
				return;
			}
			catch (AuthenticationException ex) {
				throw loginRefused(ex);
			}
			catch (IOException ex) {
				if (this.ticker.nanoTime() - deadline >= 0) {
					throw unreachable(ex);
				}
				if (!announced) {
					logger.info("Waiting up to {} s for NATS at {}", this.timeout.toSeconds(), servers());
					announced = true;
				}
				pause(ex);
			}
			catch (InterruptedException ex) {
				throw interrupted(ex);
			}
		}
	}

	private void checkJetStream(Connection connection) {
		try {
			connection.jetStreamManagement().getAccountStatistics();
		}
		catch (JetStreamApiException ex) {
			throw jetStreamDisabled(ex);
		}
		catch (IOException ex) {
			if (isNoResponders(ex)) {
				throw jetStreamDisabled(ex);
			}
			// A user with no right to ask gets no answer, which does not mean that the
			// buckets cannot be used.
			logger.debug("NATS gives no account statistics", ex);
		}
	}

	private StartupCheckException unreachable(IOException cause) {
		return new StartupCheckException("NATS cannot be reached at " + servers() + ": " + cause.getMessage(),
				"Start a NATS server with JetStream ('nats-server -js'), or correct 'ha.cluster.nats.servers'. "
						+ "To start the application without waiting for NATS, set "
						+ "'ha.cluster.nats.startup-timeout' to 0.",
				cause);
	}

	private StartupCheckException loginRefused(AuthenticationException cause) {
		return new StartupCheckException("NATS at " + servers() + " refuses the login: " + cause.getMessage(),
				"Correct 'ha.cluster.nats.username' and 'ha.cluster.nats.password', 'ha.cluster.nats.token', "
						+ "'ha.cluster.nats.credentials-file' or 'ha.cluster.nats.nkey-seed', whichever the "
						+ "server asks for.",
				cause);
	}

	private StartupCheckException jetStreamDisabled(Exception cause) {
		return new StartupCheckException("NATS at " + servers() + " has no JetStream: " + cause.getMessage(),
				"Enable JetStream ('nats-server -js', or 'jetstream {}' in the server's configuration) for the "
						+ "account that this node logs in to, or let 'ha.cluster.nats.servers' name servers that "
						+ "have it.",
				cause);
	}

	private String servers() {
		return String.join(", ", this.servers);
	}

	private static boolean isNoResponders(IOException ex) {
		String message = ex.getMessage();
		return message != null && (message.contains("503") || message.contains("No Responders"));
	}

	private static void pause(@Nullable Exception cause) {
		try {
			// Nothing tells when a server begins to listen.
			new CountDownLatch(1).await(PAUSE.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			if (cause != null) {
				ex.addSuppressed(cause);
			}
			throw interrupted(ex);
		}
	}

	private static IllegalStateException interrupted(InterruptedException ex) {
		Thread.currentThread().interrupt();
		return new IllegalStateException("Interrupted while waiting for NATS", ex);
	}

}
