package io.hacluster.autoconfigure;

import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * Adapts {@link HaClusterProperties.Nats} to {@link NatsConnectionDetails}.
 */
final class PropertiesNatsConnectionDetails implements NatsConnectionDetails {

	private final HaClusterProperties.Nats properties;

	private final @Nullable SslBundles sslBundles;

	PropertiesNatsConnectionDetails(HaClusterProperties.Nats properties, @Nullable SslBundles sslBundles) {
		this.properties = properties;
		this.sslBundles = sslBundles;
	}

	@Override
	public List<String> getServers() {
		return this.properties.servers();
	}

	@Override
	public @Nullable String getUsername() {
		return this.properties.username();
	}

	@Override
	public @Nullable String getPassword() {
		return this.properties.password();
	}

	@Override
	public @Nullable String getToken() {
		return this.properties.token();
	}

	@Override
	public @Nullable String getCredentialsFile() {
		return this.properties.credentialsFile();
	}

	@Override
	public @Nullable String getNkeySeed() {
		return this.properties.nkeySeed();
	}

	@Override
	public @Nullable SslBundle getSslBundle() {
		String name = this.properties.ssl().bundle();
		if (name == null) {
			return null;
		}
		return Objects.requireNonNull(this.sslBundles, "SSL bundles are not available").getBundle(name);
	}

}
