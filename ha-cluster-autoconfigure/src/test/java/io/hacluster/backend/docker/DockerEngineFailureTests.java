package io.hacluster.backend.docker;

import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.backend.BackendException;
import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.backend.BackendManagerProcess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DockerBackend} with an engine that dies, stops, freezes, or never was.
 */
class DockerEngineFailureTests extends AbstractDockerTests {

	@Test
	void healthWhenTheEngineIsKilledIsDownAndTheContainerCanStillBeStopped() throws Exception {
		this.fixture.command = DockerFixture.shell(DockerFixture.STUBBORN);
		DockerBackend backend = backend();
		backend.start(LONG);
		long pid = pid();
		String id = inspect().getId();
		engine().kill();
		BackendHealth health = backend.health();
		assertThat(health.status()).isEqualTo(Status.DOWN);
		assertThat(health.detail()).contains("does not run: the socket is there, but nobody listens")
			.contains("'ha.cluster.backend.docker.host'");
		assertThat(ContainerKill.isProcessOf(pid, id)).as("the container outlives its engine").isTrue();
		backend.stop(LONG);
		assertThat(ContainerKill.isProcessOf(pid, id)).isFalse();
		assertThatExceptionOfType(EngineUnavailableException.class).isThrownBy(() -> backend.start(LONG));
		engine().restart();
		backend.start(LONG);
		assertThat(isRunning()).isTrue();
	}

	@Test
	void stopInANewLifeWithoutAnEngineStopsWhatWasRecorded() throws Exception {
		backend().start(LONG);
		long pid = pid();
		String id = inspect().getId();
		engine().kill();
		backend().stop(LONG);
		assertThat(ContainerKill.isProcessOf(pid, id)).isFalse();
	}

	@Test
	void stopInANewLifeWithoutAnEngineOrARecordDoesNotGuess() throws Exception {
		engine().kill();
		assertThatExceptionOfType(EngineUnavailableException.class).isThrownBy(() -> backend().stop(LONG));
	}

	@Test
	void exitWhenTheEngineIsStoppedInOrderIsTold() throws Exception {
		// It stops its containers with it.
		DockerBackend backend = backend();
		BlockingQueue<String> exits = exits(backend);
		backend.start(LONG);
		engine().stop();
		assertThat(exits.poll(60, TimeUnit.SECONDS)).isNotBlank();
		assertThat(backend.health().status()).isEqualTo(Status.STOPPED);
		backend.stop(LONG);
		engine().restart();
		assertThat(isRunning()).as("the engine does not start it by itself").isFalse();
		backend.start(LONG);
		assertThat(backend.health().status()).isEqualTo(Status.UP);
	}

	@Test
	void exitWhenTheEngineIsDeadIsNoticedAllTheSame() throws Exception {
		DockerBackend backend = backend();
		BlockingQueue<String> exits = exits(backend);
		backend.start(LONG);
		String id = inspect().getId();
		engine().kill();
		ContainerKill.killProcesses(id);
		assertThat(exits.poll(60, TimeUnit.SECONDS)).startsWith("has ended, and the engine does not say how");
	}

	@Test
	void callsWhenTheEngineIsFrozenAreBounded() throws Exception {
		this.fixture.command = DockerFixture.shell(DockerFixture.STUBBORN);
		this.fixture.callTimeout = Duration.ofSeconds(2);
		DockerBackend backend = backend();
		backend.start(LONG);
		long pid = pid();
		String id = inspect().getId();
		engine().pause();
		BackendHealth health = backend.health();
		assertThat(health.status()).isEqualTo(Status.DOWN);
		assertThat(health.detail()).contains("has not answered within 2000 ms");
		backend.stop(Duration.ofMillis(500));
		assertThat(ContainerKill.isProcessOf(pid, id)).isFalse();
		assertThatExceptionOfType(EngineUnavailableException.class).isThrownBy(() -> backend.start(LONG))
			.withMessageContaining("has not answered");
		engine().resume();
		backend.start(LONG);
		assertThat(backend.health().status()).isEqualTo(Status.UP);
	}

	@Test
	void stopAfterAStopWithoutTheEngineDoesNotAskIt() throws Exception {
		// A step-down that was tried again never gave the lease back
		this.fixture.command = DockerFixture.shell(DockerFixture.STUBBORN);
		this.fixture.callTimeout = Duration.ofSeconds(2);
		DockerBackend backend = backend();
		backend.start(LONG);
		long pid = pid();
		String id = inspect().getId();
		engine().pause();
		backend.stop(Duration.ZERO);
		assertThat(ContainerKill.isProcessOf(pid, id)).isFalse();
		assertThatCode(() -> backend.stop(LONG)).doesNotThrowAnyException();
		assertThatExceptionOfType(EngineUnavailableException.class).isThrownBy(() -> backend.start(LONG));
		assertThatCode(() -> backend.stop(LONG)).as("nothing was started").doesNotThrowAnyException();
	}

	@Test
	void stopAfterAStartWithoutALeaseDoesNotAskTheEngine() throws Exception {
		DockerBackend backend = backend();
		backend.stop(LONG);
		backend.prolong(() -> Duration.ZERO);
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.start(LONG));
		engine().kill();
		assertThatCode(() -> backend.stop(LONG)).doesNotThrowAnyException();
	}

	@Test
	void guardWhenTheEngineIsFrozenToKillsTheContainerItself() throws Exception {
		Process manager = BackendManagerProcess.start(DockerBackendContractTests.Factory.class, Duration.ofSeconds(3),
				List.of(engine().socket().toString(), this.fixture.stateDirectory.toString(), DockerFixture.STUBBORN));
		try {
			long pid = pid();
			String id = inspect().getId();
			assertThat(ContainerKill.isProcessOf(pid, id)).isTrue();
			engine().pause();
			new ProcessBuilder("kill", "-STOP", Long.toString(manager.pid())).start().waitFor();
			await().until(() -> !ContainerKill.isProcessOf(pid, id));
		}
		finally {
			manager.destroyForcibly().waitFor();
		}
	}

	@Test
	void verifyAndTheFirstStopWaitForABusyEngine() throws Exception {
		this.fixture.callTimeout = Duration.ofMillis(500);
		this.fixture.startupTimeout = LONG;
		DockerBackend backend = backend();
		engine().pause();
		CompletableFuture<Void> resumed = CompletableFuture.runAsync(engine()::resume,
				CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS));
		backend.verify(LONG);
		resumed.join();
		engine().pause();
		resumed = CompletableFuture.runAsync(engine()::resume, CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS));
		backend.stop(LONG);
		resumed.join();
	}

	@Test
	void verifyWhenThereIsNoSocketSaysSo() {
		this.fixture.socket = this.directory.resolve("none.sock");
		assertUnavailable("is not there: no such socket ('ha.cluster.backend.docker.host')");
	}

	@Test
	void verifyWhenSomethingElseAnswersSaysSo() throws Exception {
		Path socket = Files.createTempDirectory(Path.of("/tmp"), "ha-docker-").resolve("s");
		try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
			server.bind(UnixDomainSocketAddress.of(socket));
			this.fixture.socket = socket;
			this.fixture.startupTimeout = Duration.ofSeconds(1);
			assertUnavailable("has not answered within 1000 ms");
		}
		assertUnavailable("does not run: the socket is there, but nobody listens");
		Files.delete(socket);
		Files.delete(socket.getParent());
	}

	private void assertUnavailable(String text) {
		DockerBackend backend = new DockerBackend(new NodeIdentity("test", new NodeId("node"), "n"),
				this.fixture.settings(), Clock.systemUTC());
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.verify(LONG))
			.isInstanceOf(EngineUnavailableException.class)
			.withMessageContaining(this.fixture.socket.toString())
			.withMessageContaining(text);
		backend.close();
	}

}
