package io.hacluster.backend.docker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

import com.github.dockerjava.api.command.InspectContainerResponse;
import org.junit.jupiter.api.Test;

import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.backend.docker.DockerSettings.HealthCheck;
import io.hacluster.backend.docker.DockerSettings.Resources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DockerBackend}: what containers do.
 */
class DockerBackendTests extends AbstractDockerTests {

	@Test
	void startMakesTheContainerAsConfigured() throws Exception {
		this.fixture.environment = Map.of("SECRET", "swordfish");
		this.fixture.labels = Map.of("team", "blue");
		this.fixture.user = "1000:1000";
		this.fixture.resources = new Resources(67_108_864L, 67_108_864L, 0.5, 50L);
		DockerBackend backend = backend();
		assertThat(backend.health()).isEqualTo(new BackendHealth(Status.STOPPED, "not started"));
		backend.start(LONG);
		assertThat(backend.health()).isEqualTo(new BackendHealth(Status.UP, "runs"));
		InspectContainerResponse container = inspect();
		assertThat(container.getConfig().getEnv()).contains("SECRET=swordfish");
		assertThat(container.getConfig().getUser()).isEqualTo("1000:1000");
		assertThat(container.getConfig().getLabels()).containsEntry("team", "blue")
			.containsEntry(ContainerSpec.OWNER_LABEL, "test/node")
			.hasEntrySatisfying(ContainerSpec.CONFIG_LABEL, (hash) -> assertThat(hash).doesNotContain("swordfish"));
		assertThat(container.getHostConfig().getMemory()).isEqualTo(67_108_864L);
		assertThat(container.getHostConfig().getMemorySwap()).isEqualTo(67_108_864L);
		assertThat(container.getHostConfig().getNanoCPUs()).isEqualTo(500_000_000L);
		assertThat(container.getHostConfig().getPidsLimit()).isEqualTo(50L);
		assertThat(new ContainerState(container).restartPolicy()).isEqualTo("no");
		assertThat(this.fixture.settings().toString()).doesNotContain("swordfish");
	}

	@Test
	void stopAsksTheContainerToEndAndStartRunsTheSameOneAgain() throws Exception {
		DockerBackend backend = backend();
		BlockingQueue<String> exits = exits(backend);
		backend.start(LONG);
		awaitReady();
		String id = inspect().getId();
		backend.stop(LONG);
		assertThat(isRunning()).isFalse();
		assertThat(inspect().getState().getExitCodeLong()).isZero();
		assertThat(lastLog()).endsWith("bye\n");
		assertThat(backend.health().status()).isEqualTo(Status.STOPPED);
		backend.start(LONG);
		assertThat(isRunning()).isTrue();
		assertThat(inspect().getId()).isEqualTo(id);
		backend.start(LONG);
		assertThat(exits).as("a stop is no surprise").isEmpty();
	}

	@Test
	void stopWhenTheContainerIgnoresTheSignalKillsIt() throws Exception {
		this.fixture.command = DockerFixture.shell(DockerFixture.STUBBORN);
		this.fixture.stopTimeout = Duration.ofMillis(300);
		DockerBackend backend = backend();
		backend.start(LONG);
		awaitReady();
		backend.stop(LONG);
		assertThat(isRunning()).isFalse();
		assertThat(inspect().getState().getExitCodeLong()).isEqualTo(137);
	}

	@Test
	void stopWhenInterruptedKillsAtOnce() throws Exception {
		this.fixture.command = DockerFixture.shell(DockerFixture.STUBBORN);
		this.fixture.stopTimeout = Duration.ofHours(1);
		DockerBackend backend = backend();
		backend.start(LONG);
		awaitReady();
		Thread.currentThread().interrupt();
		backend.stop(Duration.ofHours(1));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(isRunning()).isFalse();
	}

	@Test
	void stopWhenInterruptedMeanwhileKillsAtOnce() throws Exception {
		this.fixture.command = DockerFixture.shell(DockerFixture.STUBBORN);
		this.fixture.stopTimeout = Duration.ofHours(1);
		DockerBackend backend = backend();
		backend.start(LONG);
		awaitReady();
		Thread stopping = new Thread(() -> backend.stop(Duration.ofHours(1)));
		stopping.start();
		await().until(() -> stopping.getState() == Thread.State.TIMED_WAITING);
		stopping.interrupt();
		stopping.join();
		assertThat(isRunning()).isFalse();
	}

	@Test
	void exitWhenUnexpectedTellsCodeAndLastLines() throws Exception {
		this.fixture.command = DockerFixture.shell("echo port 80 is taken >&2; echo bye; exit 3");
		DockerBackend backend = backend();
		BlockingQueue<String> exits = exits(backend);
		backend.start(LONG);
		assertThat(exits.poll(60, TimeUnit.SECONDS)).startsWith("exited with code 3; last output: ")
			.contains("port 80 is taken")
			.contains("bye");
		assertThat(backend.health().status()).isEqualTo(Status.STOPPED);
		assertThat(backend.health().detail()).startsWith("exited with code 3");
		backend.start(LONG);
		assertThat(exits.poll(60, TimeUnit.SECONDS)).startsWith("exited with code 3");
	}

	@Test
	void exitDoesNotTellWhatAFormerLifeOfTheContainerHasWritten() throws Exception {
		this.fixture.command = DockerFixture.shell("echo once; exit 3");
		DockerBackend backend = backend();
		BlockingQueue<String> exits = exits(backend);
		for (int life = 0; life < 2; life++) {
			backend.start(LONG);
			assertThat(exits.poll(60, TimeUnit.SECONDS)).isEqualTo("exited with code 3; last output: once");
		}
	}

	@Test
	void exitWhenOutOfMemorySaysSo() throws Exception {
		this.fixture.resources = new Resources(16_777_216L, 16_777_216L, null, null);
		this.fixture.command = DockerFixture.shell("sleep 0.5; tail /dev/zero");
		DockerBackend backend = backend();
		BlockingQueue<String> exits = exits(backend);
		backend.start(LONG);
		assertThat(exits.poll(60, TimeUnit.SECONDS)).contains("used more memory than it may")
			.contains("'ha.cluster.backend.docker.resources.memory'");
	}

	@Test
	void exitWhenTheContainerIsKilledOrRemovedByHandIsTold() throws Exception {
		DockerBackend backend = backend();
		BlockingQueue<String> exits = exits(backend);
		backend.start(LONG);
		engine().client().killContainerCmd(inspect().getId()).exec();
		assertThat(exits.poll(60, TimeUnit.SECONDS)).startsWith("exited with code 137 (signal 9)");
		backend.start(LONG);
		engine().client().removeContainerCmd(inspect().getId()).withForce(true).exec();
		assertThat(exits.poll(60, TimeUnit.SECONDS)).isNotBlank();
		await().untilAsserted(
				() -> assertThat(backend.health().status()).as(backend.health().detail()).isEqualTo(Status.STOPPED));
		backend.start(LONG);
		assertThat(isRunning()).isTrue();
	}

	@Test
	void healthIsThatOfTheCheckOfTheContainer() throws Exception {
		this.fixture.health = new HealthCheck(List.of("/bin/sh", "-c", "cat /tmp/health"), Duration.ofMillis(200),
				Duration.ofSeconds(20), Duration.ZERO, 1);
		this.fixture.command = DockerFixture
			.shell("mkdir -p /tmp; trap 'echo fine > /tmp/health' USR1; " + DockerFixture.IDLE);
		DockerBackend backend = backend();
		backend.start(LONG);
		assertThat(backend.health().status()).isEqualTo(Status.DOWN);
		await().untilAsserted(() -> assertThat(backend.health().detail()).startsWith("is unhealthy by its own check")
			.contains("code 1, cat: can't open '/tmp/health'"));
		awaitReady();
		engine().client().killContainerCmd(inspect().getId()).withSignal("USR1").exec();
		await().until(() -> backend.health().status() == Status.UP);
		engine().client().pauseContainerCmd(inspect().getId()).exec();
		assertThat(backend.health()).isEqualTo(new BackendHealth(Status.DOWN, "is paused"));
		backend.stop(Duration.ZERO);
		assertThat(isRunning()).isFalse();
	}

	@Test
	void healthWhenTheCheckOfTheImageIsSwitchedOffIsUp() throws Exception {
		this.fixture.image = "checked";
		engine().build("checked", "HEALTHCHECK --interval=1h CMD [\"/bin/false\"]");
		DockerBackend checked = backend();
		checked.start(LONG);
		assertThat(checked.health().status()).isEqualTo(Status.DOWN);
		checked.stop(Duration.ZERO);
		this.fixture.health = new HealthCheck(List.of("NONE"), Duration.ofSeconds(1), Duration.ofSeconds(1),
				Duration.ZERO, 1);
		DockerBackend unchecked = backend();
		unchecked.start(LONG);
		assertThat(unchecked.health()).isEqualTo(new BackendHealth(Status.UP, "runs"));
	}

	@Test
	void portsArePublished() throws Exception {
		this.fixture.ports = List.of("127.0.0.1:8080:80", "8081:81/udp");
		this.fixture.command = DockerFixture
			.shell("mkdir -p /www; echo hello > /www/index.html; exec httpd -f -p 80 -h /www");
		DockerBackend backend = backend();
		backend.start(LONG);
		await().untilAsserted(() -> assertThat(engine().get(8080)).contains("200 OK").endsWith("hello\n"));
		assertThat(inspect().getHostConfig().getPortBindings().getBindings()).hasSize(2);
	}

	@Test
	void volumesAreMounted() throws Exception {
		this.fixture.volumes = List.of(this.directory + ":/data", this.directory + ":/readonly:ro", "named:/named");
		this.fixture.command = DockerFixture
			.shell("echo x > /data/made; echo y > /named/made; echo z > /readonly/made; cat /data/made; sleep 1000");
		DockerBackend backend = backend();
		backend.start(LONG);
		await().untilAsserted(() -> assertThat(lastLog()).contains("x\n").contains("Read-only file system"));
		assertThat(this.directory.resolve("made")).hasContent("x\n");
	}

	@Test
	void stopWithAutoRemoveRemovesTheContainer() throws Exception {
		this.fixture.autoRemove = true;
		this.fixture.command = DockerFixture.shell("echo last words; exit 4");
		DockerBackend backend = backend();
		BlockingQueue<String> exits = exits(backend);
		backend.start(LONG);
		assertThat(exits.poll(60, TimeUnit.SECONDS)).isEqualTo("exited with code 4; last output: last words");
		backend.stop(LONG);
		assertThat(engine().client().listContainersCmd().withShowAll(true).exec()).isEmpty();
	}

	private void awaitReady() {
		await().until(() -> lastLog().contains("ready"));
	}

}
