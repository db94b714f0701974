package io.hacluster.autoconfigure;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * Makes the options of each connection to NATS afresh, so that a renewed certificate or
 * credentials file is used from the next connection on.
 */
final class NatsOptions implements Supplier<Options.Builder> {

	private static final Logger logger = LoggerFactory.getLogger(NatsOptions.class);

	private final NatsConnectionDetails details;

	private final Duration connectionTimeout;

	private final NodeIdentity identity;

	private final NatsServerNames names;

	private @Nullable NatsSslContext sslContext;

	NatsOptions(NatsConnectionDetails details, Duration connectionTimeout, NodeIdentity identity) {
		this.details = details;
		this.connectionTimeout = connectionTimeout;
		this.identity = identity;
		this.names = new NatsServerNames(details::getServers);
	}

	@Override
	public Options.Builder get() {
		Options.Builder builder = Options.builder()
			.servers(this.details.getServers().toArray(String[]::new))
			.connectionTimeout(this.connectionTimeout)
			.connectionName(this.identity.toString())
			.inboxPrefix("_INBOX.ha-" + this.identity.cluster() + ".");
		authenticate(builder);
		if (this.details.getSslBundle() != null || this.names.requireTls()) {
			builder.sslContext(sslContext());
		}
		return builder;
	}

	private synchronized NatsSslContext sslContext() {
		NatsSslContext context = this.sslContext;
		if (context == null) {
			context = NatsSslContext.of(this.details::getSslBundle, this.names);
			this.sslContext = context;
		}
		return context;
	}

	/**
	 * Has all connections reconnect with the SSL bundle as it is now, if NATS takes it.
	 * If not, the connections stay, or leadership would be lost where certificates are
	 * renewed before the servers know them: each takes the new bundle when it reconnects
	 * for whatever reason.
	 */
	void renew() {
		NatsSslContext context = sslContext();
		List<Socket> before = context.sockets();
		try {
			Nats.connect(get().noReconnect().errorListener(new ErrorListener() {
			}).build()).close();
		}
		catch (IOException | RuntimeException ex) {
			logger.warn("[{}] NATS does not take the renewed SSL bundle now. The connections stay as they are, and "
					+ "use it when they reconnect", this.identity);
			return;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return;
		}
		logger.info("[{}] The SSL bundle was renewed: reconnecting to NATS", this.identity);
		NatsSslContext.close(before);
	}

	private void authenticate(Options.Builder builder) {
		String credentialsFile = this.details.getCredentialsFile();
		String nkeySeed = this.details.getNkeySeed();
		String token = this.details.getToken();
		String username = this.details.getUsername();
		if (credentialsFile != null) {
			builder.authHandler(Nats.credentials(credentialsFile));
		}
		else if (nkeySeed != null) {
			builder.authHandler(new NkeyAuthHandler(nkeySeed));
		}
		else if (token != null) {
			builder.token(token.toCharArray());
		}
		else if (username != null) {
			builder.userInfo(username.toCharArray(), characters(this.details.getPassword()));
		}
	}

	private static char[] characters(@Nullable String password) {
		return (password != null) ? password.toCharArray() : new char[0];
	}

}
