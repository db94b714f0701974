package io.hacluster.autoconfigure;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.context.properties.source.MutuallyExclusiveConfigurationPropertiesException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each configuration that cannot work or is not safe is refused, naming the property.
 */
class RefusedConfigurationTests {

	@TempDir
	Path directory;

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"',
			textBlock = """
					name                         | ""          | must be set
					name                         | a.b         | letters, digits
					node-id                      | "a b"       | letters, digits
					address                      | http://u:p@h/ | no user and no password
					address                      | u:p@h:8080  | no user and no password
					local.directory              | ""          | needs a directory
					election.lease-duration      | 900ms       | lease duration must be 1s to 1h
					election.renew-interval      | 200ms       | at least 250ms
					election.renew-interval      | 5s          | must fit into the lease duration
					election.margin              | 50ms        | more than 1%
					election.margin              | 200ms       | too short to stop everything
					nats.replicas                | 0           | 1 to 5
					nats.election-bucket         | a.b         | letters, digits
					nats.replica-bucket          | "a b"       | letters, digits
					nats.connection-timeout      | 0s          | longer than zero
					nats.request-timeout         | -1s         | longer than zero
					nats.startup-timeout         | -1s         | must not be negative
					sqlite.path                  | ""          | must name a file
					sqlite.replica-path          | ""          | must name a file
					sqlite.replica-path          | data/db     | must not be the path of the database
					sqlite.replica-path          | ./data/db   | must not be the path of the database
					sqlite.snapshot-interval     | 0s          | longer than zero
					sqlite.retention             | 30m         | must not be shorter than 'ha.cluster.sqlite.snapshot-interval'
					replication.checkpoint-pages | 0           | at least 1
					replication.levels           | 30s,30s     | longer than zero and than the one before
					replication.levels           | 0s          | longer than zero and than the one before
					replication.levels           | 1s,2s,3s,4s,5s,6s,7s,8s,9s | 1 to 8 intervals
					replication.l0-retention     | -1s         | must not be negative
					replication.l0-retention     | 25h         | must not be longer than 'ha.cluster.sqlite.retention', which is PT24H
					replication.levels           | 1ms,1s      | at least 10ms
					replication.min-batch-interval | -1s       | 0s to 1m
					replication.min-batch-interval | 1h        | 0s to 1m
					replication.max-wal-size      | 1000KB     | at least 1MB
					replication.diverged-to-keep | 0           | at least 1
					replication.max-replica-wal-size | 1KB     | must be at least 1MB
					replication.max-reader-delay   | -1s       | must not be negative
					backend.start-timeout        | 0s          | longer than zero
					backend.stop-timeout         | 0s          | longer than zero
					backend.health.interval      | 0s          | longer than zero
					backend.health.timeout       | 0s          | longer than zero
					backend.supervision.failures-before-restart | 0 | at least 1
					backend.supervision.max-restarts | -1       | must not be negative
					backend.supervision.window   | 0s           | longer than zero
					backend.supervision.backoff  | -1s          | must not be negative
					backend.supervision.cooling  | 9s           | must not be shorter than 'ha.cluster.election.lease-duration'
					backend.health.url           | ftp://x/y   | http:// or https://
					backend.health.url           | http://x_y/z| must name a host
					backend.health.url           | http:///z   | must name a host
					backend.health.url           | http://x/y  | There is no backend to ask
					backend.type                 | custom      | There is no bean of type 'io.hacluster.backend.Backend'
					lifecycle.catch-up-timeout   | 0s          | longer than zero
					lifecycle.replication-timeout| 0s          | longer than zero
					lifecycle.vip-timeout        | 0s          | longer than zero
					lifecycle.database-timeout   | 0s          | longer than zero
					lifecycle.listener-timeout   | 0s          | longer than zero
					""")
	void contextWhenValueIsIllegalNamesTheProperty(String property, String value, String reason) {
		valid().withPropertyValues("ha.cluster." + property + "=" + value)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
					assertThat(ex.getName()).isEqualTo("ha.cluster." + property);
					assertThat(ex.getReason()).contains(reason);
				}));
	}

	@Test
	void contextWhenAddressHasAPasswordDoesNotShowIt() {
		valid().withPropertyValues("ha.cluster.address=http://u:5ecret@h/").run((context) -> {
			Throwable failure = context.getStartupFailure();
			assertThat(failure).isNotNull();
			for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
				assertThat(cause.toString()).doesNotContain("5ecret");
			}
			FailureAnalysis analysis = new SecretPropertyFailureAnalyzer().analyze(failure);
			assertThat(analysis).isNotNull();
			assertThat(analysis.getDescription()).contains("'ha.cluster.address'").doesNotContain("5ecret");
		});
	}

	@Test
	void contextWhenProcessHasNoCommandNamesTheProperty() {
		valid().withPropertyValues("ha.cluster.backend.type=process")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(ex) -> assertThat(ex.getName()).isEqualTo("ha.cluster.backend.process.command")));
	}

	@Test
	void contextWhenProcessDirectoryDoesNotExistNamesTheProperty() {
		valid()
			.withPropertyValues("ha.cluster.backend.type=process", "ha.cluster.backend.process.command=true",
					"ha.cluster.backend.process.directory=" + this.directory.resolve("none"))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(ex) -> assertThat(ex.getName()).isEqualTo("ha.cluster.backend.process.directory")));
	}

	@Test
	void contextWhenProcessLogFileCannotBeWrittenNamesTheProperty() {
		assertLogFileRefused(this.directory, "is a directory");
		assertLogFileRefused(this.directory.resolve("none/log"), "directory does not exist");
	}

	private void assertLogFileRefused(Path file, String reason) {
		valid()
			.withPropertyValues("ha.cluster.backend.type=process", "ha.cluster.backend.process.command=true",
					"ha.cluster.backend.process.log-file=" + file)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
					assertThat(ex.getName()).isEqualTo("ha.cluster.backend.process.log-file");
					assertThat(ex.getReason()).contains(reason);
				}));
	}

	@Test
	void contextWhenBackendTypeIsUnknownIsRefused() {
		valid().withPropertyValues("ha.cluster.backend.type=podman")
			.run((context) -> assertThat(context).getFailure().satisfies((failure) -> {
				assertThat(failure).hasStackTraceContaining("ha.cluster.backend.type")
					.hasStackTraceContaining("podman");
				assertThat(failure).cause().isInstanceOf(BindException.class);
			}));
	}

	@ParameterizedTest
	@CsvSource({ "sqlite.pth", "election.lease-durations", "backend.health.uri" })
	void contextWhenPropertyIsMisspelledIsRefused(String property) {
		valid().withPropertyValues("ha.cluster." + property + "=x")
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining("ha.cluster." + property)
				.rootCause()
				.isInstanceOf(UnboundConfigurationPropertiesException.class));
	}

	@Test
	void contextWhenStoreIsNotChosenNamesTheProperty() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(HaClusterAutoConfiguration.class))
			.withPropertyValues("ha.cluster.name=test")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
					assertThat(ex.getName()).isEqualTo("ha.cluster.store");
					assertThat(ex.getReason()).contains("'nats', or 'local'");
				}));
	}

	@Test
	void contextWhenReplicaPathIsGivenWithoutPathNamesThePath() {
		new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(HaClusterAutoConfiguration.class))
			.withPropertyValues("ha.cluster.name=test", "ha.cluster.store=local", "ha.cluster.local.directory=x",
					"ha.cluster.sqlite.replica-path=y")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
						(ex) -> assertThat(ex.getName()).isEqualTo("ha.cluster.sqlite.path")));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			request-timeout=1s                           | ha.cluster.nats.servers
			servers=http://h:1                           | ha.cluster.nats.servers
			servers=nats://h:1,username=u                | ha.cluster.nats.password
			servers=nats://h:1,password=p                | ha.cluster.nats.username
			servers=nats://h:1,credentials-file=/no/file | ha.cluster.nats.credentials-file
			servers=nats://h:1,nkey-seed=x | ha.cluster.nats.nkey-seed
			servers=nats://h:1,ssl.bundle=x | ha.cluster.nats.ssl.bundle
			""")
	void contextWhenNatsIsConfiguredWronglyNamesTheProperty(String properties, String name) {
		nats(properties.split(",")).run((context) -> assertThat(context).getFailure()
			.rootCause()
			.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class,
					(ex) -> assertThat(ex.getName()).isEqualTo(name)));
	}

	@Test
	void contextWhenNatsHasTwoLoginsNamesBoth() {
		nats("servers=nats://h:1", "username=u", "password=p", "token=t")
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(MutuallyExclusiveConfigurationPropertiesException.class,
						(ex) -> assertThat(ex.getConfiguredNames())
							.containsExactlyInAnyOrder("ha.cluster.nats.username", "ha.cluster.nats.token")));
	}

	private ApplicationContextRunner nats(String... properties) {
		ApplicationContextRunner runner = new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, HaClusterAutoConfiguration.class,
					HaClusterNatsAutoConfiguration.class, HaClusterBackendAutoConfiguration.class))
			.withPropertyValues("ha.cluster.name=test", "ha.cluster.node-id=a", "ha.cluster.store=nats");
		for (String property : properties) {
			runner = runner.withPropertyValues("ha.cluster.nats." + property);
		}
		return runner;
	}

	private ApplicationContextRunner valid() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(HaClusterAutoConfiguration.class,
					HaClusterLocalAutoConfiguration.class, HaClusterBackendAutoConfiguration.class))
			.withPropertyValues("ha.cluster.name=test", "ha.cluster.node-id=a", "ha.cluster.store=local",
					"ha.cluster.local.directory=" + this.directory.resolve("store"), "ha.cluster.sqlite.path=data/db");
	}

}
