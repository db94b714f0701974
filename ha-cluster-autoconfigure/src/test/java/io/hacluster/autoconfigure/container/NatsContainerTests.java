package io.hacluster.autoconfigure.container;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.test.DockerEngine;
import io.hacluster.test.JavaProcess;
import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * {@code @ServiceConnection} with real Testcontainers on a real engine.
 */
class NatsContainerTests {

	static final Duration PATIENCE = Duration.ofSeconds(60);

	private static DockerEngine engine;

	@TempDir
	Path directory;

	@BeforeAll
	static void startEngine() {
		Path server = NatsServer.binary();
		engine = DockerEngine.start();
		engine.build("nats:test", Map.of("nats-server", server), "COPY nats-server /bin/nats-server", "EXPOSE 4222",
				"ENTRYPOINT [\"/bin/nats-server\"]");
	}

	@AfterAll
	static void stopEngine() throws Exception {
		if (engine != null) {
			engine.close();
		}
	}

	@Test
	void nodeLogsInToItsContainerAndLeads() throws Exception {
		assertThat(run("-js --user app --pass hidden")).containsPattern("LEADS \\[nats://localhost:\\d+] app null")
			.doesNotContain("hidden");
	}

	private String run(String command) throws Exception {
		Path output = this.directory.resolve("output");
		List<String> all = new ArrayList<>(engine.inNetwork());
		all.addAll(JavaProcess.command(NatsContainerNode.class, "256m", "--test.command=" + command,
				"--ha.cluster.name=test", "--ha.cluster.node-id=a", "--ha.cluster.store=nats",
				"--spring.main.web-application-type=none"));
		ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true)
			.redirectOutput(output.toFile())
			.directory(this.directory.toFile());
		builder.environment()
			.putAll(Map.of("DOCKER_HOST", "unix://" + engine.socket(), "TESTCONTAINERS_RYUK_DISABLED", "true",
					"TESTCONTAINERS_CHECKS_DISABLE", "true", "TESTCONTAINERS_HOST_OVERRIDE", "localhost"));
		Process process = builder.start();
		try {
			assertThat(process.waitFor(3 * PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		return Files.readString(output, StandardCharsets.UTF_8);
	}

}
