package io.hacluster.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;

import io.nats.client.Connection;
import io.nats.client.NKey;
import io.nats.client.Nats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.verify;

class NatsOptionsTests {

	private static final NodeIdentity IDENTITY = new NodeIdentity("c", new NodeId("a"), "nonce");

	private static final String PASSWORD = "password";

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
	void connectWithSslBundle() throws Exception {
		KeyStore keys = selfSignedKey();
		Path certificate = pem("CERTIFICATE", keys.getCertificate("nats").getEncoded());
		Path key = pem("PRIVATE KEY", keys.getKey("nats", PASSWORD.toCharArray()).getEncoded());
		SslBundle bundle = SslBundle
			.of(new PemSslStoreBundle(null, PemSslStoreDetails.forCertificate("file:" + certificate)));
		try (NatsServer server = NatsServer.start(this.directory,
				"tls { cert_file: \"" + certificate + "\", key_file: \"" + key + "\" }")) {
			NatsOptions options = new NatsOptions(new PropertiesNatsConnectionDetails(
					properties(Map.of("servers", server.url(), "ssl.bundle", "nats")),
					new DefaultSslBundleRegistry("nats", bundle)), Duration.ofSeconds(3), IDENTITY);
			assertConnects(options);
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
	void contextOfAnOldConnectionUsesSslBundleAsItIsWhenItReconnects() throws Exception {
		SslBundle first = mock(SslBundle.class);
		SslBundle second = mock(SslBundle.class);
		SSLContext firstContext = SSLContext.getDefault();
		SSLContext secondContext = SSLContext.getDefault();
		given(first.createSslContext()).willReturn(firstContext);
		given(second.createSslContext()).willReturn(secondContext);
		DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("nats", first);
		NatsOptions options = new NatsOptions(
				new PropertiesNatsConnectionDetails(properties(Map.of("servers", "nats://h:1", "ssl.bundle", "nats")),
						bundles),
				Duration.ofSeconds(3), IDENTITY);
		SSLContext context = options.get().build().getSslContext();
		context.getSocketFactory();
		verify(second, never()).createSslContext();
		bundles.updateBundle("nats", second);
		context.getSocketFactory();
		verify(second).createSslContext();
	}

	private KeyStore selfSignedKey() throws Exception {
		Path file = this.directory.resolve("nats.p12");
		Process keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-keyalg", "EC", "-alias", "nats", "-dname", "CN=localhost", "-ext", "san=ip:127.0.0.1",
				"-keystore", file.toString(), "-storetype", "PKCS12", "-storepass", PASSWORD)
			.inheritIO()
			.start();
		assertThat(keytool.waitFor()).isZero();
		return KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
	}

	private Path pem(String type, byte[] content) throws IOException {
		String text = Base64.getMimeEncoder(64, new byte[] { '\n' }).encodeToString(content);
		return Files.writeString(this.directory.resolve(type + ".pem"),
				"-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
	}

	private static void assertConnects(NatsServer server, Map<String, String> login) {
		Map<String, String> values = new HashMap<>(login);
		values.put("servers", server.url());
		assertConnects(options(values));
	}

	private static void assertConnects(NatsOptions options) {
		try (Connection connection = Nats.connect(options.get().noReconnect().build())) {
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
