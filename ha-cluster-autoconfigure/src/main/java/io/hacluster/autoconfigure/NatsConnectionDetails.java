package io.hacluster.autoconfigure;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.ssl.SslBundle;

/**
 * Where NATS is and how to log in. A bean of this type wins over
 * {@code ha.cluster.nats.*}. All methods are asked again for each new connection and may
 * be called by several threads.
 */
public interface NatsConnectionDetails extends ConnectionDetails {

	/**
	 * Returns the servers.
	 * @return at least one URL, for example {@code nats://10.0.0.1:4222}
	 */
	List<String> getServers();

	/**
	 * Returns the user to log in as.
	 * @return the user name, null for none
	 */
	default @Nullable String getUsername() {
		return null;
	}

	/**
	 * Returns the password of the user.
	 * @return the password, null for none
	 */
	default @Nullable String getPassword() {
		return null;
	}

	/**
	 * Returns the token to log in with.
	 * @return the token, null for none
	 */
	default @Nullable String getToken() {
		return null;
	}

	/**
	 * Returns the file with the JWT and the NKey seed to log in with.
	 * @return the path, null for none
	 */
	default @Nullable String getCredentialsFile() {
		return null;
	}

	/**
	 * Returns the seed of the NKey to log in with.
	 * @return the seed, null for none
	 */
	default @Nullable String getNkeySeed() {
		return null;
	}

	/**
	 * Returns the SSL bundle for the connection.
	 * @return the bundle, null to leave encryption to the servers' URLs
	 */
	default @Nullable SslBundle getSslBundle() {
		return null;
	}

}
