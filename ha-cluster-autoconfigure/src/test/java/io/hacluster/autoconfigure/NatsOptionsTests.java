package io.hacluster.autoconfigure;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

import javax.net.ssl.SSLContext;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.test.NatsServer;
import io.nats.client.Connection;
import io.nats.client.NKey;
import io.nats.client.Nats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class NatsOptionsTests {

	private static final NodeIdentity IDENTITY = new NodeIdentity("c", new NodeId("a"), "nonce");

	@TempDir
	Path directory;

	@Test
	void connectWithUsernameAndPassword() {
		try (NatsServer server = NatsServer.start(this.directory, "authorization { user: app, password: secret }")) {
			assertConnects(server, Map.of("username", "app", "password", "secret"));
		}
	}

	@Test
	void connectWithToken() {
		try (NatsServer server = NatsServer.start(this.directory, "authorization { token: secret }")) {
			assertConnects(server, Map.of("token", "secret"));
		}
	}

	@Test
	void connectWithNkey() throws GeneralSecurityException, IOException {
		NKey key = NKey.createUser(new SecureRandom());
		try (NatsServer server = NatsServer.start(this.directory,
				"authorization { users: [ { nkey: " + new String(key.getPublicKey()) + " } ] }")) {
			assertConnects(server, Map.of("nkey-seed", new String(key.getSeed())));
		}
	}

	@Test
	void optionsNameTheNodeAndTakeTimeout() {
		var options = options(Map.of("servers", "nats://h:1,nats://i:2")).get().build();
		assertThat(options.getConnectionName()).isEqualTo("c/a");
		assertThat(options.getConnectionTimeout()).isEqualTo(Duration.ofSeconds(3));
		assertThat(options.getServers()).extracting(Object::toString).containsExactly("nats://h:1", "nats://i:2");
	}

	@Test
	void optionsUseSslBundleAsItIsAtEachConnection() throws Exception {
		SslBundle first = mock(SslBundle.class);
		SslBundle second = mock(SslBundle.class);
		SSLContext firstContext = SSLContext.getInstance("TLS");
		SSLContext secondContext = SSLContext.getInstance("TLS");
		given(first.createSslContext()).willReturn(firstContext);
		given(second.createSslContext()).willReturn(secondContext);
		DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("nats", first);
		NatsOptions options = new NatsOptions(
				new PropertiesNatsConnectionDetails(properties(Map.of("servers", "nats://h:1", "ssl.bundle", "nats")),
						bundles),
				Duration.ofSeconds(3), IDENTITY);
		assertThat(options.get().build().getSslContext()).isSameAs(firstContext);
		bundles.updateBundle("nats", second);
		assertThat(options.get().build().getSslContext()).isSameAs(secondContext);
	}

	private static void assertConnects(NatsServer server, Map<String, String> login) {
		Map<String, String> values = new HashMap<>(login);
		values.put("servers", server.url());
		try (Connection connection = Nats.connect(options(values).get().noReconnect().build())) {
			assertThat(connection.getStatus()).isEqualTo(Connection.Status.CONNECTED);
		}
		catch (IOException | InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	private static NatsOptions options(Map<String, String> values) {
		return new NatsOptions(new PropertiesNatsConnectionDetails(properties(values), null), Duration.ofSeconds(3),
				IDENTITY);
	}

	private static HaClusterProperties.Nats properties(Map<String, String> values) {
		return new Binder(new MapConfigurationPropertySource(values)).bindOrCreate("", HaClusterProperties.Nats.class);
	}

}
