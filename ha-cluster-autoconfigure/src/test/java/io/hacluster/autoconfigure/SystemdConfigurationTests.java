package io.hacluster.autoconfigure;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.hacluster.backend.systemd.SystemdBackend;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what is configured about systemd. None of them needs it.
 */
class SystemdConfigurationTests {

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(HaClusterAutoConfiguration.class,
				HaClusterLocalAutoConfiguration.class, HaClusterNatsAutoConfiguration.class,
				HaClusterBackendAutoConfiguration.class, HaClusterSystemdAutoConfiguration.class));

	@TempDir
	Path directory;

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			unit          | ""         | must name the service to run
			unit          | -x         | letters, digits
			unit          | a/b        | letters, digits
			unit          | a.target   | must be a service
			unit          | a@.service | name an instance
			dependencies  | a,--now    | letters, digits
			journal-lines | -1         | 0 to 1000
			journal-lines | 1001       | 0 to 1000
			""")
	void contextWhenValueIsIllegalNamesTheProperty(String property, String value, String reason) {
		systemd("ha.cluster.backend.systemd." + property + "=" + value)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
					assertThat(ex.getName()).isEqualTo("ha.cluster.backend.systemd." + property);
					assertThat(ex.getReason()).contains(reason);
				}));
	}

	@Test
	void contextWhenTheUnitCannotRunHereFailsAtStartAndSaysWhatToDo() {
		systemd("ha.cluster.node-id=a").run((context) -> assertThat(context).getFailure()
			.isInstanceOfSatisfying(StartupCheckException.class, (ex) -> {
				assertThat(ex.getMessage()).containsAnyOf("systemd does not run on this machine",
						"There is no unit ha-no-such-unit.service");
				assertThat(ex.getAction()).contains("ha.cluster.backend");
			}));
	}

	@Test
	void contextOfANodeThatNobodyAsksDoesNotNotify() {
		this.runner
			.withPropertyValues("ha.cluster.name=test", "ha.cluster.node-id=a", "ha.cluster.store=local",
					"ha.cluster.local.directory=" + this.directory)
			.run((context) -> assertThat(context).hasNotFailed()
				.hasSingleBean(SystemdNotification.class)
				.doesNotHaveBean(SystemdBackend.class));
	}

	private ApplicationContextRunner systemd(String property) {
		return this.runner.withPropertyValues("ha.cluster.name=test", "ha.cluster.store=local",
				"ha.cluster.local.directory=" + this.directory, "ha.cluster.backend.type=systemd",
				"ha.cluster.backend.systemd.unit=ha-no-such-unit", property);
	}

}
