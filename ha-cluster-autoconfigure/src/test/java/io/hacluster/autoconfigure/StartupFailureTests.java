package io.hacluster.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What an application that cannot start prints: one description, and what to do.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartupFailureTests {

	@TempDir
	Path directory;

	@Test
	void applicationWhenParentOfLocalDirectoryIsMissingSaysSo(CapturedOutput output) {
		Path missing = this.directory.resolve("not/there");
		run("--ha.cluster.local.directory=" + missing);
		assertThat(output).contains("APPLICATION FAILED TO START", missing.toString(), "'ha.cluster.local.directory'");
	}

	@Test
	void applicationWhenLocalDirectoryIsAFileSaysSo(CapturedOutput output) throws IOException {
		Path file = Files.createFile(this.directory.resolve("file"));
		run("--ha.cluster.local.directory=" + file);
		assertThat(output).contains("APPLICATION FAILED TO START", file.toString(), "'ha.cluster.local.directory'");
	}

	@Test
	void applicationWhenDatabaseIsNotADatabaseSaysSo(CapturedOutput output) throws IOException {
		Path file = Files.writeString(this.directory.resolve("data.db"), "not a database, but long enough");
		run("--ha.cluster.local.directory=" + this.directory.resolve("store"), "--ha.cluster.sqlite.path=" + file);
		assertThat(output).contains("APPLICATION FAILED TO START", "is not a SQLite database",
				"ha.cluster.sqlite.path");
	}

	@Test
	void applicationWhenBackendTypeIsUnknownNamesTheLegalOnes(CapturedOutput output) {
		run("--ha.cluster.local.directory=" + this.directory.resolve("store"), "--ha.cluster.backend.type=podman");
		assertThat(output).contains("APPLICATION FAILED TO START", "ha.cluster.backend.type", "podman", "PROCESS",
				"SYSTEMD", "DOCKER", "CUSTOM", "NONE");
	}

	@Test
	void applicationWhenLeaseIsTooShortSaysWhatWouldDo(CapturedOutput output) {
		run("--ha.cluster.local.directory=" + this.directory.resolve("store"),
				"--ha.cluster.election.lease-duration=500ms");
		assertThat(output).contains("APPLICATION FAILED TO START", "ha.cluster.election.lease-duration",
				"must be 1s to 1h");
	}

	private void run(String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		String[] all = new String[arguments.length + 3];
		System.arraycopy(arguments, 0, all, 3, arguments.length);
		all[0] = "--ha.cluster.name=test";
		all[1] = "--ha.cluster.node-id=a";
		all[2] = "--ha.cluster.store=local";
		assertThatException().isThrownBy(() -> application.run(all).close());
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ HaClusterAutoConfiguration.class, HaClusterLocalAutoConfiguration.class,
			HaClusterBackendAutoConfiguration.class, HaClusterReplicationAutoConfiguration.class })
	static class Application {

	}

}
