package io.hacluster.backend.systemd;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.backend.Backend;
import io.hacluster.backend.BackendContractTests;
import io.hacluster.backend.BackendManagerProcess;
import io.hacluster.test.SystemdHost;

import static org.awaitility.Awaitility.await;

/**
 * The contract with {@link SystemdBackend} and the real systemd of a container. The units
 * are nasty: systemd waits for hours before it kills one that ignores its signal, and has
 * no say in how often one is started.
 */
class SystemdBackendContractTests extends BackendContractTests {

	private static final String UNIT = "contract.service";

	@TempDir
	static Path directory;

	private static SystemdHost host;

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

	@Override
	protected Backend create(Service service) {
		install(service);
		return new Factory().create(arguments());
	}

	@Override
	protected Optional<String> currentLife() {
		String group = host.show(UNIT, "ControlGroup");
		return group.isEmpty() ? Optional.empty() : Optional.of(host.show(UNIT, "InvocationID"));
	}

	@Override
	protected boolean isReady() {
		return Files.exists(host.path("/run/ready"));
	}

	@Override
	protected void killService() {
		host.run("systemctl", "kill", "--signal=KILL", UNIT);
	}

	@Override
	protected Process startManager(Service service, Duration lease) throws Exception {
		install(service);
		Process manager = BackendManagerProcess.start(Factory.class, lease, arguments());
		await().until(this::isReady);
		return manager;
	}

	private static void install(Service service) {
		String script = switch (service) {
			case OBEDIENT -> "touch /run/ready; exec sleep 1000";
			case DEAF -> "trap '' TERM; (while :; do sleep 0.1; done) & touch /run/ready; while :; do sleep 0.1; done";
			case FAILING -> "echo " + LAST_WORDS + " >&2; exit 3";
		};
		host.exec("rm", "-f", "/run/ready");
		host.unit(UNIT, "[Service]\nTimeoutStopSec=1h\nExecStart=/bin/sh -c \"" + script + "\"\n");
	}

	private static List<String> arguments() {
		List<String> arguments = new ArrayList<>(host.prefix());
		arguments.add(0, host.path("/").toString());
		return arguments;
	}

	/**
	 * Arguments: root directory of the machine, and what takes a command there.
	 */
	public static final class Factory implements BackendManagerProcess.Factory {

		@Override
		public Backend create(List<String> arguments) {
			Machine machine = new Machine(arguments.subList(1, arguments.size()), Path.of(arguments.get(0)),
					new ManagerBinding(Optional.empty()));
			return new SystemdBackend(new NodeIdentity("test", new NodeId("contract"), "n"),
					new SystemdSettings(UNIT, List.of(), 100, Duration.ofSeconds(20)), machine);
		}

	}

}
