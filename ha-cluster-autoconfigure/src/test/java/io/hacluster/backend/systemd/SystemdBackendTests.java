package io.hacluster.backend.systemd;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.backend.BackendException;
import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.test.Leftovers;
import io.hacluster.test.SystemdHost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link SystemdBackend} against the real systemd of a container.
 */
@ExtendWith(Leftovers.class)
class SystemdBackendTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	@TempDir
	static Path directory;

	private static SystemdHost host;

	private final List<String> exits = new CopyOnWriteArrayList<>();

	private final List<SystemdBackend> backends = new ArrayList<>();

	@BeforeAll
	static void boot() {
		host = SystemdHost.boot(directory);
	}

	@AfterAll
	static void powerOff() {
		if (host != null) {
			host.close();
		}
	}

	@AfterEach
	void stop() {
		this.backends.forEach((backend) -> backend.stop(Duration.ZERO));
		host.exec("systemctl", "kill", "--signal=KILL", "b.service");
		host.exec("systemctl", "stop", "b.service");
		host.exec("systemctl", "reset-failed", "b.service");
	}

	@Test
	void startAndStopOfAUnitIsSeenInItsHealth() throws Exception {
		SystemdBackend backend = backend("[Service]\nExecStart=/bin/sleep infinity\n");
		assertThat(backend.health().status()).isEqualTo(Status.STOPPED);
		backend.start(PATIENCE);
		assertThat(host.show("b.service", "ActiveState")).isEqualTo("active");
		assertThat(backend.health().status()).isEqualTo(Status.UP);
		assertThat(backend.health().detail()).startsWith("b.service is active (running)")
			.contains("is not bound to m.service");
		backend.start(PATIENCE);
		backend.stop(PATIENCE);
		assertThat(host.show("b.service", "ActiveState")).isEqualTo("inactive");
		assertThat(backend.health().status()).isEqualTo(Status.STOPPED);
		backend.stop(PATIENCE);
		assertThat(this.exits).isEmpty();
	}

	@Test
	void startWhenTheProgramFailsTellsItsExitCodeAndItsLastWords() {
		SystemdBackend backend = backend("""
				[Service]
				Type=notify
				ExecStart=/bin/sh -c 'echo the database is locked; exit 3'
				""");
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.start(PATIENCE))
			.withMessageContaining("b.service exited with code 3 [exit-code]")
			.withMessageContaining("the database is locked");
	}

	@Test
	void endOfTheProcessIsNoticedWithinSeconds() throws Exception {
		SystemdBackend backend = backend("[Service]\nExecStart=/bin/sh -c 'echo going; sleep infinity'\n");
		backend.start(PATIENCE);
		host.run("systemctl", "kill", "--signal=KILL", "b.service");
		Awaitility.await().until(() -> !this.exits.isEmpty());
		assertThat(this.exits).singleElement()
			.asString()
			.contains("b.service was killed by signal 9 [signal]")
			.contains("going");
		assertThat(backend.health().status()).isEqualTo(Status.STOPPED);
		backend.stop(PATIENCE);
	}

	private SystemdBackend backend(String unit, String... dependencies) {
		host.unit("b.service", unit);
		SystemdBackend backend = new SystemdBackend(new NodeIdentity("test", new NodeId("a"), "1"),
				new SystemdSettings("b", List.of(dependencies), 100, Duration.ofSeconds(20)),
				new Machine(host.prefix(), host.path("/"), new ManagerBinding(Optional.of("m.service"))));
		backend.onUnexpectedExit(this.exits::add);
		this.backends.add(backend);
		return backend;
	}

}
