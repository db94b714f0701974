package io.hacluster.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.List;
import java.util.stream.Stream;

import io.nats.client.NKey;
import io.nats.client.support.JsonSerializable;
import io.nats.client.support.JwtUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.hacluster.Leadership;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;
import static org.awaitility.Awaitility.await;

/**
 * Each kind of login to a real NATS server that asks for it: the right one leads, a wrong
 * one ends the start with one message that names the property and no secret, in whatever
 * detail the application logs.
 */
@ExtendWith(OutputCaptureExtension.class)
class NatsLoginTests {

	private static final String RIGHT = "right-5ecret";

	/**
	 * The system account must have none.
	 */
	private static final String STORAGE = ",\"mem_storage\":-1,\"disk_storage\":-1,\"streams\":-1,\"consumer\":-1";

	private static final String WRONG = "wrong-5ecret";

	private static final List<String> LOUD = List.of("--logging.level.root=DEBUG", "--logging.level.io.hacluster=TRACE",
			"--logging.level.org.springframework.context.annotation=INFO",
			"--logging.level.org.springframework.core=INFO", "--logging.level.org.springframework.beans=INFO",
			"--logging.level.org.springframework.boot.autoconfigure=INFO", "--logging.level.sun=INFO",
			"--logging.level.jdk=INFO", "--logging.level.javax=INFO", "--logging.level.java=INFO");

	@TempDir
	Path directory;

	@Test
	void password(CapturedOutput output) {
		try (NatsServer server = start("authorization { user: app, password: " + RIGHT + " }")) {
			assertLeads(server.url(), "username=app", "password=" + RIGHT);
			assertRefused(output, "'ha.cluster.nats.password'", server.url(), "username=app", "password=" + WRONG);
			assertLeads(server.url().replace("//", "//app:" + RIGHT + "@"));
			assertRefused(output, "'ha.cluster.nats.password'", server.url().replace("//", "//app:" + WRONG + "@"));
		}
		assertNoSecrets(output);
	}

	@Test
	void token(CapturedOutput output) {
		try (NatsServer server = start("authorization { token: " + RIGHT + " }")) {
			assertLeads(server.url(), "token=" + RIGHT);
			assertRefused(output, "'ha.cluster.nats.token'", server.url(), "token=" + WRONG);
			assertRefused(output, "'ha.cluster.nats.token'", server.url());
		}
		assertNoSecrets(output);
	}

	@Test
	void nkey(CapturedOutput output) throws GeneralSecurityException, IOException {
		NKey right = NKey.createUser(new SecureRandom());
		NKey wrong = NKey.createUser(new SecureRandom());
		try (NatsServer server = start("authorization { users: [ { nkey: " + publicKey(right) + " } ] }")) {
			assertLeads(server.url(), "nkey-seed=" + new String(right.getSeed()));
			assertRefused(output, "'ha.cluster.nats.nkey-seed'", server.url(),
					"nkey-seed=" + new String(wrong.getSeed()));
			assertRefused(output, "'ha.cluster.nats.nkey-seed'", server.url(), "nkey-seed=" + WRONG);
		}
		assertNoSecrets(output);
		assertThat(output).doesNotContain(new String(right.getSeed()), new String(wrong.getSeed()));
	}

	@Test
	void credentialsFile(CapturedOutput output) throws GeneralSecurityException, IOException {
		NKey operator = NKey.createOperator(new SecureRandom());
		NKey account = NKey.createAccount(new SecureRandom());
		NKey system = NKey.createAccount(new SecureRandom());
		Path operatorJwt = Files.writeString(this.directory.resolve("operator.jwt"),
				jwt(operator, operator, "{\"type\":\"operator\",\"version\":2}"));
		try (NatsServer server = start("operator: \"" + operatorJwt + "\"\nsystem_account: " + publicKey(system)
				+ "\nresolver: MEMORY\nresolver_preload: {\n" + publicKey(account) + ": "
				+ accountJwt(operator, account, STORAGE) + "\n" + publicKey(system) + ": "
				+ accountJwt(operator, system, "") + "\n}")) {
			Path right = credentials("right.creds", account);
			Path wrong = credentials("wrong.creds", NKey.createAccount(new SecureRandom()));
			assertLeads(server.url(), "credentials-file=" + right);
			assertRefused(output, "'ha.cluster.nats.credentials-file'", server.url(), "credentials-file=" + wrong);
			assertRefused(output, "'ha.cluster.nats.credentials-file'", server.url(),
					"credentials-file=" + Files.writeString(this.directory.resolve("broken"), WRONG));
			Stream.of(right, wrong)
				.flatMap(NatsLoginTests::seeds)
				.forEach((seed) -> assertThat(output).doesNotContain(seed));
		}
		assertNoSecrets(output);
	}

	private static Stream<String> seeds(Path credentials) {
		try {
			return Files.readAllLines(credentials).stream().filter((line) -> line.startsWith("SU"));
		}
		catch (IOException ex) {
			throw new AssertionError(ex);
		}
	}

	private Path credentials(String name, NKey account) throws GeneralSecurityException, IOException {
		NKey user = NKey.createUser(new SecureRandom());
		String jwt = JwtUtils.issueUserJWT(account, publicKey(account), publicKey(user));
		return Files.writeString(this.directory.resolve(name),
				JwtUtils.NATS_USER_JWT_FORMAT.formatted(jwt, new String(user.getSeed())));
	}

	private static String accountJwt(NKey operator, NKey account, String storage)
			throws GeneralSecurityException, IOException {
		return jwt(operator, account, """
				{"type":"account","version":2,"limits":{"subs":-1,"data":-1,"payload":-1,"imports":-1,"exports":-1,\
				"wildcards":true,"conn":-1,"leaf":-1%s}}""".formatted(storage));
	}

	private static String jwt(NKey issuer, NKey subject, String claims) throws GeneralSecurityException, IOException {
		JsonSerializable nats = () -> claims;
		return JwtUtils.issueJWT(issuer, publicKey(subject), "test", null, JwtUtils.currentTimeSeconds(),
				publicKey(issuer), nats);
	}

	private static String publicKey(NKey key) throws GeneralSecurityException, IOException {
		return new String(key.getPublicKey());
	}

	private NatsServer start(String login) {
		return NatsServer.start(this.directory.resolve("nats"), login);
	}

	private static void assertLeads(String url, String... login) {
		try (ConfigurableApplicationContext context = run(url, login)) {
			await().until(context.getBean(Leadership.class)::isLeader);
		}
	}

	private static void assertRefused(CapturedOutput output, String property, String url, String... login) {
		int before = output.length();
		assertThatException().isThrownBy(() -> run(url, login).close());
		String said = output.toString().substring(before);
		assertThat(said).containsOnlyOnce("APPLICATION FAILED TO START");
		assertThat(said.substring(said.indexOf("APPLICATION FAILED TO START"))).contains(property)
			.doesNotContain("\tat ");
	}

	private static void assertNoSecrets(CapturedOutput output) {
		assertThat(output).doesNotContain(RIGHT, WRONG);
	}

	private static ConfigurableApplicationContext run(String url, String... login) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		application.setRegisterShutdownHook(false);
		return application.run(Stream.concat(
				Stream.concat(LOUD.stream(),
						Stream.of("--ha.cluster.name=test", "--ha.cluster.node-id=a", "--ha.cluster.store=nats",
								"--ha.cluster.nats.servers=" + url, "--ha.cluster.nats.startup-timeout=30s")),
				Stream.of(login).map((property) -> "--ha.cluster.nats." + property))
			.toArray(String[]::new));
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
