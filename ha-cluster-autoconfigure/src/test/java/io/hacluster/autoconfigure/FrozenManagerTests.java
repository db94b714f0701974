package io.hacluster.autoconfigure;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.hacluster.Leadership;
import io.hacluster.test.JavaProcess;
import io.hacluster.test.Requirements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A leader whose JVM is frozen, and thawed after another node has taken over. The
 * backends write into one ledger as long as they live.
 */
class FrozenManagerTests {

	private final Queue<String> log = new ConcurrentLinkedQueue<>();

	private Process frozen;

	private ConfigurableApplicationContext other;

	@TempDir
	Path directory;

	@AfterEach
	void end() throws Exception {
		if (this.other != null) {
			this.other.close();
		}
		if (this.frozen != null) {
			this.frozen.destroyForcibly().waitFor();
		}
	}

	@Test
	void backendOfAFrozenLeaderEndsBeforeThatOfTheNextBegins() throws Exception {
		// Peer defect 9: a paused process goes on as leader
		Requirements.require(Files.exists(Path.of("/proc/uptime")), "there is no /proc/uptime");
		startToBeFrozen();
		await().until(() -> ledger().contains("a"));
		this.other = SpringApplication.run(Node.class, arguments("b").toArray(String[]::new));
		Leadership leadership = this.other.getBean(Leadership.class);
		await().until(() -> leadership.leader().isPresent());
		signal("STOP");
		await().until(() -> ledger().contains("b"));
		signal("CONT");
		await().until(() -> this.log.stream().anyMatch((line) -> line.contains("The guard has ended the backend")));
		await().until(() -> this.log.stream().anyMatch((line) -> line.contains("the step-down is complete")));
		assertThat(ledger().stripTrailing()).matches("a+b+");
		this.other.close();
		await().until(() -> ledger().endsWith("a"));
		assertThat(ledger()).as("neither ran beside the other, and the frozen one has rejoined").matches("a+b+a+");
	}

	private void startToBeFrozen() throws IOException {
		List<String> command = JavaProcess.command(Node.class, "256m");
		command.addAll(arguments("a"));
		this.frozen = new ProcessBuilder(command).redirectErrorStream(true).start();
		BufferedReader reader = this.frozen.inputReader(StandardCharsets.UTF_8);
		Thread drain = new Thread(() -> reader.lines().forEach(this.log::add));
		drain.setDaemon(true);
		drain.start();
	}

	private List<String> arguments(String name) {
		Path ledger = this.directory.resolve("ledger");
		return new ArrayList<>(List.of("--ha.cluster.name=frozen", "--ha.cluster.node-id=" + name,
				"--ha.cluster.store=local", "--ha.cluster.local.directory=" + this.directory.resolve("store"),
				"--ha.cluster.election.lease-duration=6s", "--ha.cluster.election.renew-interval=1s",
				"--ha.cluster.backend.type=process", "--ha.cluster.backend.process.command[0]=/bin/sh",
				"--ha.cluster.backend.process.command[1]=-c",
				"--ha.cluster.backend.process.command[2]=while :; do printf " + name + " >> " + ledger
						+ "; sleep 0.02; done",
				"--ha.cluster.backend.process.state-directory=" + this.directory.resolve(name),
				"--spring.main.web-application-type=none", "--spring.main.banner-mode=off"));
	}

	private String ledger() throws IOException {
		Path ledger = this.directory.resolve("ledger");
		return Files.exists(ledger) ? Files.readString(ledger) : "";
	}

	private void signal(String name) throws Exception {
		assertThat(
				new ProcessBuilder("kill", "-s", name, Long.toString(this.frozen.pid())).inheritIO().start().waitFor())
			.isZero();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Node {

		public static void main(String[] args) {
			SpringApplication.run(Node.class, args);
		}

	}

}
