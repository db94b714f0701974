package io.hacluster.backend.systemd;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

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

	private static final NodeIdentity IDENTITY = new NodeIdentity("test", new NodeId("a"), "1");

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
			.contains("is not bound to basic.target");
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

	@Test
	void startOfAUnitThatIsNotThereOrMaskedOrMalformedSaysSo() {
		SystemdBackend backend = backend("[Service]\nExecStart=relative/path\n");
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.start(PATIENCE))
			.withMessageContaining("b.service has a setting that systemd does not accept");
		assertThatExceptionOfType(UnusableUnitException.class).isThrownBy(backend::check)
			.withMessageContaining("does not accept")
			.satisfies((ex) -> assertThat(ex.getRemedy()).contains("ha.cluster.backend.systemd.unit"));
		host.run("rm", "/etc/systemd/system/b.service");
		host.run("systemctl", "mask", "b.service");
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.start(PATIENCE))
			.withMessage(
					"The unit b.service is masked, so that it cannot be started. Run 'systemctl unmask b.service'");
		host.run("systemctl", "unmask", "b.service");
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.start(PATIENCE))
			.withMessageStartingWith("There is no unit b.service. Install the unit");
		assertThat(backend.health().status()).isEqualTo(Status.STOPPED);
		backend.stop(PATIENCE);
	}

	@Test
	void startWhenItsProgramIsMissingSaysSo() {
		SystemdBackend backend = backend("[Service]\nType=exec\nExecStart=/no/such/program\n");
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.start(PATIENCE))
			.withMessageContaining("its program cannot be executed");
	}

	@Test
	void startWhenItIsNotReadyInTimeSaysWhatItIs() {
		SystemdBackend backend = backend("[Service]\nType=notify\nExecStart=/bin/sleep infinity\n");
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.start(Duration.ofSeconds(2)))
			.withMessageContaining("b.service has not started in time, and is activating (start)");
		backend.stop(PATIENCE);
		assertThat(host.show("b.service", "ActiveState")).isNotEqualTo("activating");
	}

	@Test
	void startWhenADependencyIsNotActiveIsRefused() {
		host.unit("dependency.service", "[Service]\nExecStart=/bin/sleep infinity\n");
		SystemdBackend backend = backend("[Service]\nExecStart=/bin/sleep infinity\n", "basic.target", "dependency");
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.start(PATIENCE))
			.withMessageContaining("dependency.service of 'ha.cluster.backend.systemd.dependencies' is not active: "
					+ "it is inactive (dead)");
		assertThat(host.show("b.service", "ActiveState")).isEqualTo("inactive");
	}

	@Test
	void startAgainAndAgainIsNotRefusedByTheLimitOfSystemd() throws Exception {
		SystemdBackend backend = backend("""
				[Unit]
				StartLimitIntervalSec=1h
				StartLimitBurst=2
				[Service]
				ExecStart=/bin/sleep infinity
				""");
		for (int i = 0; i < 4; i++) {
			backend.start(PATIENCE);
			backend.stop(PATIENCE);
		}
	}

	@Test
	void unitThatSystemdRestartsUntilItGivesUpHasFailed() throws Exception {
		SystemdBackend backend = backend("""
				[Unit]
				StartLimitIntervalSec=1h
				StartLimitBurst=3
				[Service]
				Restart=always
				RestartSec=100ms
				ExecStart=/bin/sh -c 'sleep 0.3; echo no such table; exit 1'
				""");
		backend.start(PATIENCE);
		Awaitility.await().until(() -> !this.exits.isEmpty());
		assertThat(this.exits).singleElement().asString().contains("no such table");
		assertThat(backend.health().status()).isEqualTo(Status.STOPPED);
	}

	@Test
	void unitThatSystemdRestartsIsNotAnExitAndStopWins() throws Exception {
		SystemdBackend backend = backend("""
				[Unit]
				StartLimitIntervalSec=0
				[Service]
				Restart=always
				RestartSec=10ms
				ExecStart=/bin/sleep infinity
				""");
		backend.start(PATIENCE);
		host.run("systemctl", "kill", "--signal=KILL", "b.service");
		Awaitility.await()
			.untilAsserted(() -> assertThat(backend.health().detail()).contains("active (running)")
				.contains("started again by systemd 1 times"));
		assertThat(this.exits).isEmpty();
		backend.stop(Duration.ZERO);
		for (int i = 0; i < 5; i++) {
			assertThat(host.show("b.service", "ControlGroup")).isEmpty();
			assertThat(host.show("b.service", "ActiveState")).isIn("inactive", "failed");
			TimeUnit.MILLISECONDS.sleep(100);
		}
	}

	@Test
	void stopWhenTheCommandsThatStopItHangKillsThemToo() throws Exception {
		SystemdBackend backend = backend("""
				[Service]
				TimeoutStopSec=1h
				ExecStart=/bin/sleep infinity
				ExecStop=/bin/sleep infinity
				ExecStopPost=/bin/sleep infinity
				""");
		backend.start(PATIENCE);
		backend.stop(Duration.ofMillis(500));
		assertThat(host.show("b.service", "ControlGroup")).isEmpty();
		assertThat(host.show("b.service", "ActiveState")).isEqualTo("failed");
	}

	@Test
	void stopKillsWhatTheUnitLeavesRunning() throws Exception {
		SystemdBackend backend = backend("""
				[Service]
				KillMode=process
				ExecStart=/bin/sh -c 'setsid sleep infinity & exec sleep infinity'
				""");
		backend.start(PATIENCE);
		backend.stop(PATIENCE);
		assertThat(host.show("b.service", "ControlGroup")).isEmpty();
		assertThat(host.exec("pgrep", "-x", "sleep").output()).isEmpty();
	}

	@Test
	void unitThatTheBootWouldStartIsInItsHealth() throws Exception {
		SystemdBackend backend = backend(
				"[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n");
		host.run("systemctl", "enable", "b.service");
		backend.check();
		backend.start(PATIENCE);
		assertThat(backend.health().detail()).contains("it may be started by the boot (it is enabled)");
		host.run("systemctl", "disable", "b.service");
	}

	@Test
	void checkWhenThereIsNoSystemdOrNoSystemctlSaysSo() {
		SystemdSettings settings = new SystemdSettings("b", List.of(), 100, Duration.ofSeconds(20));
		ManagerBinding binding = new ManagerBinding(Optional.empty());
		assertThatExceptionOfType(UnusableUnitException.class)
			.isThrownBy(new SystemdBackend(IDENTITY, settings, new Machine(List.of(), directory, binding))::check)
			.withMessageContaining("systemd does not run on this machine");
		assertThatExceptionOfType(UnusableUnitException.class)
			.isThrownBy(new SystemdBackend(IDENTITY, settings,
					new Machine(List.of("/no/such/program"), host.path("/"), binding))::check)
			.withMessageContaining("'systemctl' cannot be executed");
	}

	@Test
	void checkWhenAUserHasNoRightsSaysWhatToAdd() {
		host.exec("useradd", "--system", "nobody-in-particular");
		host.unit("b.service", "[Service]\nExecStart=/bin/sleep infinity\n");
		List<String> prefix = new ArrayList<>(host.prefix());
		prefix.addAll(List.of("setpriv", "--reuid=nobody-in-particular", "--clear-groups"));
		SystemdBackend backend = new SystemdBackend(IDENTITY,
				new SystemdSettings("b", List.of(), 100, Duration.ofSeconds(20)),
				new Machine(prefix, host.path("/"), new ManagerBinding(Optional.empty())));
		assertThatExceptionOfType(UnusableUnitException.class).isThrownBy(backend::check)
			.withMessageContaining("This user may not")
			.satisfies((ex) -> assertThat(ex.getRemedy()).contains("org.freedesktop.systemd1.manage-units"));
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend.start(PATIENCE))
			.withMessageContaining("This user may not start b.service");
		backend.stop(PATIENCE);
	}

	private SystemdBackend backend(String unit, String... dependencies) {
		host.unit("b.service", unit);
		SystemdBackend backend = new SystemdBackend(IDENTITY,
				new SystemdSettings("b", List.of(dependencies), 100, Duration.ofSeconds(20)),
				new Machine(host.prefix(), host.path("/"), new ManagerBinding(Optional.of("basic.target"))));
		backend.onUnexpectedExit(this.exits::add);
		this.backends.add(backend);
		return backend;
	}

}
