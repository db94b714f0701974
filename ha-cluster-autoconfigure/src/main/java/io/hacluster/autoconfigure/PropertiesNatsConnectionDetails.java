package io.hacluster.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import io.nats.client.AuthHandler;
import io.nats.client.Nats;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * Adapts {@link HaClusterProperties.Nats} to {@link NatsConnectionDetails}.
 */
final class PropertiesNatsConnectionDetails implements NatsConnectionDetails {

	private static final Set<String> SCHEMES = Set.of("nats", "tls", "ws", "wss");

	private static final String MASK = "******";

	private final HaClusterProperties.Nats properties;

	private final @Nullable SslBundles sslBundles;

	PropertiesNatsConnectionDetails(HaClusterProperties.Nats properties, @Nullable SslBundles sslBundles) {
		this.properties = properties;
		this.sslBundles = sslBundles;
	}

	private static void requireUrl(String server) {
		int end = server.indexOf("://");
		if (end >= 0 && !SCHEMES.contains(server.substring(0, end))) {
			throw HaClusterPropertiesValidator.invalid("nats.servers", MASK,
					"A server's URL begins with nats://, tls://, ws:// or wss://");
		}
	}

	/**
	 * Refuses what cannot work.
	 * @return these details
	 */
	PropertiesNatsConnectionDetails validate() {
		if (this.properties.servers().isEmpty()) {
			// No default: with a server of its own on each host, each node would lead.
			throw HaClusterPropertiesValidator.invalid("nats.servers", null,
					"The servers of the NATS store must be set, for example nats://10.0.0.1:4222");
		}
		this.properties.servers().forEach(PropertiesNatsConnectionDetails::requireUrl);
		MutuallyExclusiveConfigurationPropertiesException.throwIfMultipleNonNullValuesIn((entries) -> {
			entries.put("ha.cluster.nats.username", getUsername());
			entries.put("ha.cluster.nats.token", getToken());
			entries.put("ha.cluster.nats.credentials-file", getCredentialsFile());
			entries.put("ha.cluster.nats.nkey-seed", getNkeySeed());
		});
		validateLogin();
		validateSslBundle();
		return this;
	}

	private void validateLogin() {
		if (getPassword() != null && getUsername() == null) {
			throw HaClusterPropertiesValidator.invalid("nats.username", null,
					"It must be set where 'ha.cluster.nats.password' is");
		}
		if (getUsername() != null && getPassword() == null) {
			throw HaClusterPropertiesValidator.invalid("nats.password", null,
					"It must be set where 'ha.cluster.nats.username' is");
		}
		String credentials = getCredentialsFile();
		if (credentials != null && !Files.isReadable(Path.of(credentials))) {
			throw HaClusterPropertiesValidator.invalid("nats.credentials-file", credentials,
					"The file is missing or cannot be read");
		}
		if (credentials != null && !holdsLogin(credentials)) {
			throw HaClusterPropertiesValidator.invalid("nats.credentials-file", credentials,
					"The file does not hold a JWT and the seed of its NKey");
		}
		String seed = getNkeySeed();
		if (seed != null && !NkeyAuthHandler.isSeed(seed)) {
			throw HaClusterPropertiesValidator.invalid("nats.nkey-seed", MASK, "It is not the seed of an NKey");
		}
	}

	private static boolean holdsLogin(String credentials) {
		try {
			AuthHandler login = Nats.credentials(credentials);
			return login.getJWT() != null && login.sign(new byte[] { 0 }) != null;
		}
		catch (RuntimeException ex) {
			// Its message may hold what is in the file
			return false;
		}
	}

	private void validateSslBundle() {
		try {
			getSslBundle();
		}
		catch (NoSuchSslBundleException ex) {
			throw HaClusterPropertiesValidator.invalid("nats.ssl.bundle", ex.getBundleName(),
					"There is no SSL bundle of this name");
		}
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
