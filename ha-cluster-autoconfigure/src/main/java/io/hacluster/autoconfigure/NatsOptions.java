package io.hacluster.autoconfigure;

import java.time.Duration;
import java.util.function.Supplier;

import io.nats.client.Nats;
import io.nats.client.Options;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;

import io.hacluster.NodeIdentity;

/**
 * Makes the options of each connection to NATS afresh, so that a renewed certificate or
 * credentials file is used from the next connection on.
 */
final class NatsOptions implements Supplier<Options.Builder> {

	private final NatsConnectionDetails details;

	private final Duration connectionTimeout;

	private final NodeIdentity identity;

	NatsOptions(NatsConnectionDetails details, Duration connectionTimeout, NodeIdentity identity) {
		this.details = details;
		this.connectionTimeout = connectionTimeout;
		this.identity = identity;
	}

	@Override
	public Options.Builder get() {
		Options.Builder builder = Options.builder()
			.servers(this.details.getServers().toArray(String[]::new))
			.connectionTimeout(this.connectionTimeout)
			.connectionName(this.identity.toString());
		authenticate(builder);
		SslBundle sslBundle = this.details.getSslBundle();
		if (sslBundle != null) {
			builder.sslContext(sslBundle.createSslContext());
		}
		return builder;
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
