package io.hacluster.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleRegistry;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.NestedExceptionUtils;

import io.hacluster.Leadership;
import io.hacluster.election.nats.NatsLeaseStoreException;
import io.hacluster.replication.Replication;
import io.hacluster.test.FreePort;
import io.hacluster.test.NatsServer;
import io.hacluster.test.TlsIdentity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A node and a NATS server that verify one another, and what becomes of the node's
 * leadership when certificates are renewed.
 */
class NatsTlsTests {

	private static final Pattern CONNECTION = Pattern
		.compile("\"name\": *\"ha-(lease|reader|writer)-.*?\"subject\": *\"CN=([^\"]*)\"", Pattern.DOTALL);

	@TempDir
	static Path identities;

	private static TlsIdentity server;

	private static TlsIdentity newServer;

	private static TlsIdentity elsewhere;

	private static TlsIdentity client;

	private static TlsIdentity newClient;

	@TempDir
	Path directory;

	private NatsServer nats;

	private int monitoring;

	@BeforeAll
	static void createIdentities() {
		server = TlsIdentity.create(identities, "server", "ip:127.0.0.1");
		newServer = TlsIdentity.create(identities, "new-server", "ip:127.0.0.1");
		elsewhere = TlsIdentity.create(identities, "elsewhere", "ip:127.0.0.2");
		client = TlsIdentity.create(identities, "client", "dns:client");
		newClient = TlsIdentity.create(identities, "new-client", "dns:client");
	}

	@AfterEach
	void stop() {
		if (this.nats != null) {
			this.nats.close();
		}
	}

	@Test
	void leaderTakesFilesRenewedAfterTheServerWas() throws Exception {
		start(server, client);
		install(client, server);
		fromFiles().run((context) -> {
			awaitLeader(context);
			long epoch = context.getBean(Leadership.class).epoch().value();
			this.nats.kill();
			install("server", newServer);
			trust(newClient);
			this.nats.restart();
			install(newClient, newServer);
			await().untilAsserted(() -> assertThat(clients()).isNotEmpty().containsOnly("new-client"));
			Leadership leadership = context.getBean(Leadership.class);
			await().until(leadership::isLeader);
			assertThat(leadership.epoch().value()).isEqualTo(epoch);
		});
	}

	@Test
	void leaderReconnectsWithARenewedBundleAndKeepsLeadership() throws Exception {
		start(server, client, newClient);
		withDatabase(withBundle(client, server)).run((context) -> {
			awaitLeader(context);
			Leadership leadership = context.getBean(Leadership.class);
			long epoch = leadership.epoch().value();
			await().untilAsserted(() -> assertThat(clients()).hasSizeGreaterThanOrEqualTo(2).containsOnly("client"));
			context.getBean(SslBundleRegistry.class).updateBundle("nats", bundle(newClient, server));
			await()
				.untilAsserted(() -> assertThat(clients()).hasSizeGreaterThanOrEqualTo(2).containsOnly("new-client"));
			await().untilAsserted(() -> assertThat(context.getBean(Replication.class).status().failure()).isNull());
			assertThat(leadership.isLeader()).isTrue();
			assertThat(leadership.epoch().value()).isEqualTo(epoch);
		});
	}

	@Test
	void leaderKeepsItsConnectionWhileTheServerDoesNotTakeTheRenewedBundle() throws Exception {
		start(server, client);
		withBundle(client, server).run((context) -> {
			awaitLeader(context);
			context.getBean(SslBundleRegistry.class).updateBundle("nats", bundle(newClient, newServer));
			assertThat(clients()).isNotEmpty().containsOnly("client");
			install("server", newServer);
			trust(newClient);
			this.nats.restart();
			await().untilAsserted(() -> assertThat(clients()).isNotEmpty().containsOnly("new-client"));
			assertThat(context.getBean(Leadership.class).isLeader()).isTrue();
		});
	}

	@Test
	void startFailsWhenTheServerIsNotTrusted() throws Exception {
		start(server, client);
		assertRefused(withBundle(client, newServer), "PKIX");
	}

	@Test
	void startFailsWhenTheCertificateIsForAnotherHost() throws Exception {
		start(elsewhere, client);
		assertRefused(withBundle(client, elsewhere), "127.0.0.1");
	}

	@Test
	void startFailsWhenTheServerDoesNotTrustTheClient() throws Exception {
		start(server, client);
		withBundle(newClient, server)
			.withPropertyValues("ha.cluster.nats.connection-timeout=1s", "ha.cluster.nats.startup-timeout=1s")
			.run((context) -> assertThat(new StartupCheckFailureAnalyzer().analyze(context.getStartupFailure()))
				.satisfies((analysis) -> assertThat(analysis.getAction()).contains("'ha.cluster.nats.ssl.bundle'")));
	}

	@Test
	void startFailsWhenOnlyTheServerWantsTls() throws Exception {
		start(server, client);
		assertRefused(node(), "SSL required by server");
	}

	private static void assertRefused(ApplicationContextRunner node, String detail) {
		node.run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context.getStartupFailure())
				.satisfies((failure) -> assertThat(NestedExceptionUtils.getRootCause(failure))
					.isInstanceOfSatisfying(NatsLeaseStoreException.class, (cause) -> {
						assertThat(cause.reason()).isEqualTo(NatsLeaseStoreException.Reason.TLS);
						assertThat(cause).hasMessageContaining(detail);
					}));
		});
	}

	private void start(TlsIdentity identity, TlsIdentity... clients) throws IOException {
		this.monitoring = FreePort.find();
		install("server", identity);
		trust(clients);
		this.nats = NatsServer.start(this.directory.resolve("nats"),
				"http: \"127.0.0.1:" + this.monitoring + "\"\ntls { cert_file: \"" + file("server.crt")
						+ "\", key_file: \"" + file("server.key") + "\", ca_file: \"" + file("clients.crt")
						+ "\", verify: true, timeout: 30 }");
	}

	private Path file(String name) {
		return this.directory.resolve(name);
	}

	private void trust(TlsIdentity... clients) throws IOException {
		StringBuilder all = new StringBuilder();
		for (TlsIdentity client : clients) {
			all.append(Files.readString(client.certificate()));
		}
		Files.writeString(file("clients.crt"), all);
	}

	private void install(TlsIdentity client, TlsIdentity server) throws IOException {
		install("trusted", server);
		install("client", client);
	}

	/**
	 * Puts files in place by renaming them, as certificate tools do.
	 */
	private void install(String name, TlsIdentity identity) throws IOException {
		replace(identity.key(), file(name + ".key"));
		replace(identity.certificate(), file(name + ".crt"));
	}

	private static void replace(Path source, Path target) throws IOException {
		Path copy = Files.copy(source, target.resolveSibling(target.getFileName() + ".new"),
				StandardCopyOption.REPLACE_EXISTING);
		Files.move(copy, target, StandardCopyOption.ATOMIC_MOVE);
	}

	private List<String> clients() throws IOException, InterruptedException {
		String connections = HttpClient.newHttpClient()
			.send(HttpRequest
				.newBuilder(URI.create("http://127.0.0.1:" + this.monitoring + "/connz?auth=true&subs=false"))
				.build(), HttpResponse.BodyHandlers.ofString())
			.body();
		List<String> names = new ArrayList<>();
		Matcher matcher = CONNECTION.matcher(connections);
		while (matcher.find()) {
			names.add(matcher.group(2));
		}
		return names;
	}

	private ApplicationContextRunner fromFiles() {
		return node().withPropertyValues("ha.cluster.nats.ssl.bundle=nats",
				"spring.ssl.bundle.watch.file.quiet-period=300ms", "spring.ssl.bundle.pem.nats.reload-on-update=true",
				"spring.ssl.bundle.pem.nats.truststore.certificate=file:" + file("trusted.crt"),
				"spring.ssl.bundle.pem.nats.keystore.certificate=file:" + file("client.crt"),
				"spring.ssl.bundle.pem.nats.keystore.private-key=file:" + file("client.key"));
	}

	private ApplicationContextRunner withBundle(TlsIdentity client, TlsIdentity server) {
		return node().withPropertyValues("ha.cluster.nats.ssl.bundle=nats")
			.withBean(SslBundleRegistrar.class,
					() -> (registry) -> registry.registerBundle("nats", bundle(client, server)));
	}

	private static SslBundle bundle(TlsIdentity client, TlsIdentity server) {
		return SslBundle.of(new PemSslStoreBundle(
				PemSslStoreDetails.forCertificate("file:" + client.certificate())
					.withPrivateKey("file:" + client.key()),
				PemSslStoreDetails.forCertificate("file:" + server.certificate())));
	}

	private ApplicationContextRunner withDatabase(ApplicationContextRunner node) {
		return node.withPropertyValues("ha.cluster.sqlite.path=" + this.directory.resolve("data.db"));
	}

	private ApplicationContextRunner node() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, HaClusterAutoConfiguration.class,
					HaClusterNatsAutoConfiguration.class, HaClusterReplicationAutoConfiguration.class,
					HaClusterBackendAutoConfiguration.class))
			.withPropertyValues("ha.cluster.name=test", "ha.cluster.node-id=a", "ha.cluster.store=nats",
					"ha.cluster.nats.servers=" + this.nats.url(), "ha.cluster.nats.connection-timeout=30s",
					"ha.cluster.election.lease-duration=10m", "ha.cluster.election.renew-interval=1s");
	}

	private static void awaitLeader(ApplicationContext context) {
		await().until(context.getBean(Leadership.class)::isLeader);
	}

}
