package io.hacluster.backend.systemd;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.test.Leftovers;
import io.hacluster.test.SystemdHost;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for what the drop-ins, the watchdog and the permit do when the manager is a unit
 * itself. It has no rights but those that the documentation gives it.
 */
@ExtendWith(Leftovers.class)
class SystemdManagerTests {

	/**
	 * Ignores what asks it to end.
	 */
	private static final String UNIT = """
			[Service]
			TimeoutStopSec=1h
			ExecStart=/bin/sh -c "trap '' TERM; while :; do sleep 0.1; done"
			""";

	private static final String RULE = """
			polkit.addRule(function(action, subject) {
			    if (action.id == "org.freedesktop.systemd1.manage-units" &&
			        action.lookup("unit") == "b.service" &&
			        ["start", "stop", "kill", "reset-failed"].indexOf(action.lookup("verb")) >= 0 &&
			        subject.user == "ha-manager") {
			        return polkit.Result.YES;
			    }
			});
			""";

	@TempDir
	static Path directory;

	private static SystemdHost host;

	@BeforeAll
	static void boot() throws Exception {
		List<String> options = new ArrayList<>();
		String java = javaHome(options);
		String classPath = classPath(options);
		host = SystemdHost.boot(directory, options.toArray(String[]::new));
		host.run("useradd", "--system", "--groups", "systemd-journal", "ha-manager");
		host.write("/etc/polkit-1/rules.d/50-ha-manager.rules", RULE);
		host.unit("b.service", UNIT);
		host.unit("m.service",
				"[Service]\nUser=ha-manager\nTimeoutStartSec=60\nSuccessExitStatus=143\nExecStart=" + java
						+ "/bin/java -Xmx32m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp " + classPath + " "
						+ ManagerMain.class.getName() + " b.service\n");
		new DropInFiles(new Machine(host.prefix(), host.path("/"), new ManagerBinding(Optional.empty())))
			.install(new DropIn("b", "m", Duration.ofSeconds(5)));
	}

	private static String javaHome(List<String> options) throws Exception {
		String java = System.getProperty("java.home");
		options.add("--bind-ro=" + java);
		// Debian keeps the configuration of a JDK below /etc
		Path security = Path.of(java, "conf", "security", "java.security").toRealPath();
		if (!security.startsWith(java)) {
			options.add("--bind-ro=" + security.getParent().getParent());
		}
		return java;
	}

	private static String classPath(List<String> options) {
		List<String> entries = new ArrayList<>();
		for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
			Path path = Path.of(entry);
			if (Files.isDirectory(path) || path.getFileName().toString().matches("(jna|slf4j-api|logback-).*")) {
				String place = "/opt/" + entries.size() + "-" + path.getFileName();
				options.add("--bind-ro=" + entry + ":" + place);
				entries.add(place);
			}
		}
		return String.join(":", entries);
	}

	@AfterAll
	static void powerOff() {
		if (host != null) {
			host.close();
		}
	}

	@BeforeEach
	void lead() {
		host.write("/run/lead", "");
		host.run("systemctl", "start", "m.service");
		Awaitility.await().until(() -> state("b.service").equals("active"));
	}

	@AfterEach
	void stop() {
		host.exec("systemctl", "kill", "--signal=KILL", "m.service", "b.service");
		host.exec("systemctl", "stop", "m.service", "b.service");
		host.exec("systemctl", "reset-failed");
	}

	@Test
	void statusOfTheManagerIsSeenBySystemd() {
		assertThat(host.show("m.service", "StatusText")).contains("b.service is active (running)")
			.doesNotContain("not bound");
		assertThat(host.show("m.service", "WatchdogUSec")).isEqualTo("5s");
	}

	@Test
	void managerWhenKilledWithItsGuardTakesTheUnitWithIt() {
		host.run("systemctl", "kill", "--signal=KILL", "m.service");
		Awaitility.await().until(() -> isQuiet("b.service"));
		assertThat(host.show("m.service", "Result")).isEqualTo("signal");
	}

	@Test
	void managerWhenFrozenIsKilledByTheWatchdogAndTheUnitWithIt() {
		host.run("systemctl", "kill", "--signal=STOP", "m.service");
		Awaitility.await().until(() -> isQuiet("b.service"));
		assertThat(host.show("m.service", "Result")).isEqualTo("watchdog");
	}

	@Test
	void managerWhenStoppedIsToldAtOnceAndStopsAUnitThatHangs() {
		// With After= systemd would wait for the unit first, here for an hour
		host.run("systemctl", "stop", "m.service");
		assertThat(isQuiet("b.service")).isTrue();
		assertThat(host.show("m.service", "Result")).isEqualTo("success");
	}

	@Test
	void managerWhenRestartedAsAFollowerDoesNotHaveTheUnitStarted() throws Exception {
		// systemd extends the restart of a unit to those that are bound to it
		host.run("rm", "/run/lead");
		host.run("systemctl", "restart", "m.service");
		for (int i = 0; i < 10; i++) {
			assertThat(isQuiet("b.service")).isTrue();
			TimeUnit.MILLISECONDS.sleep(200);
		}
		assertThat(state("m.service")).isEqualTo("active");
	}

	@Test
	void unitWhenStartedByOthersThanALeaderIsRefused() {
		host.run("systemctl", "stop", "m.service");
		host.run("rm", "/run/lead");
		SystemdHost.Result result = host.exec("systemctl", "start", "b.service");
		assertThat(result.exitCode()).isNotZero();
		assertThat(result.output()).contains("Assertion failed");
		assertThat(isQuiet("b.service")).isTrue();
	}

	private static String state(String unit) {
		return host.show(unit, "ActiveState");
	}

	private static boolean isQuiet(String unit) {
		return List.of("inactive", "failed").contains(state(unit)) && host.show(unit, "ControlGroup").isEmpty();
	}

}
