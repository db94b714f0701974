package io.hacluster.autoconfigure;

import java.nio.file.Path;

import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.backend.Backend;
import io.hacluster.backend.docker.DockerBackend;
import io.hacluster.backend.docker.EngineUnavailableException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.Mockito.mock;

/**
 * Tests for the container in {@link HaClusterBackendAutoConfiguration}.
 */
class HaClusterDockerAutoConfigurationTests {

	@TempDir
	Path directory;

	@Test
	void contextWhenTypeIsDockerHasItsBackendAndCheck() {
		docker().withPropertyValues("ha.cluster.backend.docker.host=unix://" + this.directory + "/none.sock")
			.run((context) -> {
				assertThat(context).hasSingleBean(DockerBackend.class).hasSingleBean(DockerStartupCheck.class);
				assertThatExceptionOfType(StartupCheckException.class)
					.isThrownBy(() -> context.getBean(DockerStartupCheck.class).run())
					.withMessageContaining("no such socket")
					.withCauseInstanceOf(EngineUnavailableException.class)
					.satisfies((ex) -> assertThat(ex.getAction()).contains("'ha.cluster.backend.docker.host'")
						.contains("Wants= and After=docker.service"));
			});
	}

	@Test
	void contextWhenThereIsABackendBeanUsesThat() {
		docker().withBean(Backend.class, () -> mock(Backend.class))
			.run((context) -> assertThat(context).hasSingleBean(Backend.class)
				.doesNotHaveBean(DockerBackend.class)
				.doesNotHaveBean(DockerStartupCheck.class));
	}

	@ParameterizedTest
	@ValueSource(classes = { DockerClientImpl.class, ZerodepDockerHttpClient.class })
	void contextWhenALibraryIsMissingNamesTheDependency(Class<?> missing) {
		docker().withClassLoader(new FilteredClassLoader(missing))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOfSatisfying(StartupCheckException.class, (ex) -> {
					assertThat(ex).hasMessageContaining("is not on the classpath")
						.hasMessageContaining((missing == DockerClientImpl.class) ? "docker-java-core"
								: "docker-java-transport-zerodep");
					assertThat(ex.getAction()).contains("com.github.docker-java:docker-java-core",
							"com.github.docker-java:docker-java-transport-zerodep");
				}));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			container             | ""                 | must name the container
			container             | a/b                | letters, digits
			container             | a                  | two or more
			host                  | tcp://1.2.3.4:2375 | has to be on this machine
			host                  | /var/run/d.sock    | must be a Unix socket
			host                  | unix://            | must be a Unix socket
			image                 | " "                | must name an image
			restart-policy        | always             | runs it on a node that does not lead
			restart-policy        | unless-stopped     | runs it on a node that does not lead
			restart-policy        | on-failure         | runs it on a node that does not lead
			ports                 | 80                 | is not of the form
			ports                 | 80:80/icmp         | is not of the form
			ports                 | 0:80               | not 1 to 65535
			ports                 | 80:65536           | not 1 to 65535
			volumes               | /data              | is not of the form
			volumes               | data:data          | absolute path in the container
			volumes               | ./data:/data       | neither with an absolute path
			volumes               | /data:/data:xy     | may have the options
			labels.[io.hacluster.x] | y                | not for you to set
			stop-timeout          | -1s                | must not be negative
			resources.memory      | 1MB                | at least 6MB
			resources.memory-swap | 64MB               | memory and swap together
			resources.cpus        | 0                  | at least 0.01
			resources.pids        | 0                  | at least 1
			health.command        | curl -f localhost  | a list of a program and its arguments
			""")
	void contextWhenValueIsIllegalNamesTheProperty(String property, String value, String reason) {
		docker().withPropertyValues("ha.cluster.backend.docker." + property + "=" + value)
			.run((context) -> assertRefused(context.getStartupFailure(), property.replaceAll("\\.\\[.*", ""), reason));
	}

	@Test
	void contextWhenAHealthCheckCannotWorkNamesTheProperty() {
		for (String property : new String[] { "interval", "timeout", "start-period", "retries" }) {
			docker()
				.withPropertyValues("ha.cluster.backend.docker.health.command=true",
						"ha.cluster.backend.docker.health." + property + "="
								+ (property.equals("retries") ? "0" : "1us"))
				.run((context) -> assertRefused(context.getStartupFailure(), "health." + property, "It must be "));
		}
	}

	@Test
	void contextWithoutAnImageRefusesWhatWouldHaveNoEffect() {
		docker().withPropertyValues("ha.cluster.backend.docker.image=", "ha.cluster.backend.docker.ports=80:80")
			.run((context) -> assertRefused(context.getStartupFailure(), "image", "left out"));
		for (String property : new String[] { "ports=80:80", "volumes=/data:/data", "environment.A=1", "labels.a=b",
				"command=true", "user=1", "network=host", "health.command=true", "auto-remove=true",
				"resources.pids=5" }) {
			runner().withPropertyValues("ha.cluster.backend.docker." + property)
				.run((context) -> assertRefused(context.getStartupFailure(),
						property.startsWith("resources") ? "resources"
								: property.replaceAll("=.*", "").replaceAll("\\.[Aa]$", ""),
						"has no effect without 'ha.cluster.backend.docker.image'"));
		}
		runner().run((context) -> assertThat(context).hasSingleBean(DockerBackend.class));
	}

	@ParameterizedTest
	@CsvSource({ "/srv/db.sqlite:/data/db.sqlite, false", "/srv/other:/data, false", "'', false", "/srv:/data, true",
			"/srv/data:/data, true", "named:/data, true" })
	void contextRefusesAContainerThatDoesNotSeeTheDatabase(String volumes, boolean accepted) {
		docker()
			.withPropertyValues("ha.cluster.sqlite.path=/srv/data/db.sqlite",
					"ha.cluster.backend.docker.volumes=" + volumes)
			.run((context) -> {
				if (accepted) {
					assertThat(context).hasNotFailed();
				}
				else {
					assertRefused(context.getStartupFailure(), "volumes", "or contains /srv/data");
				}
			});
	}

	private static void assertRefused(Throwable failure, String property, String reason) {
		assertThat(failure).isNotNull()
			.rootCause()
			.isInstanceOfSatisfying(InvalidConfigurationPropertyValueException.class, (ex) -> {
				assertThat(ex.getName()).isEqualTo("ha.cluster.backend.docker." + property);
				assertThat(ex.getReason()).contains(reason).doesNotContain("secret");
			});
	}

	private ApplicationContextRunner docker() {
		return runner().withPropertyValues("ha.cluster.backend.docker.image=test");
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(HaClusterBackendAutoConfiguration.class))
			.withBean(NodeIdentity.class, () -> new NodeIdentity("test", new NodeId("node"), "n"))
			.withPropertyValues("ha.cluster.name=test", "ha.cluster.store=local", "ha.cluster.backend.type=docker",
					"ha.cluster.backend.docker.container=backend");
	}

}
