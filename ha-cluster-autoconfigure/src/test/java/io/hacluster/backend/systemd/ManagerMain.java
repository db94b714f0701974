package io.hacluster.backend.systemd;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;

/**
 * A manager as a unit of systemd: settles, leads if there is the file {@code /run/lead},
 * and steps down when it is asked to end.
 */
final class ManagerMain {

	private static final Duration LEASE = Duration.ofSeconds(20);

	private ManagerMain() {
	}

	public static void main(String[] args) throws Exception {
		NodeIdentity identity = new NodeIdentity("test", new NodeId("a"), "1");
		SystemdBackend backend = new SystemdBackend(identity,
				new SystemdSettings(args[0], List.of(), 100, Duration.ofSeconds(20)));
		Optional<SystemdNotifier> notifier = SystemdNotifier.start(identity, System.getenv(),
				ProcessHandle.current().pid(),
				new SystemdNotifier.State(() -> true, () -> backend.health().detail(), () -> true));
		Runtime.getRuntime().addShutdownHook(new Thread(() -> {
			notifier.ifPresent((it) -> it.stopping(LEASE));
			backend.stop(Duration.ofSeconds(2));
		}));
		backend.check();
		backend.stop(LEASE);
		notifier.ifPresent(SystemdNotifier::started);
		if (Files.exists(Path.of("/run/lead"))) {
			backend.prolong(() -> LEASE);
			backend.start(LEASE);
		}
		while (true) {
			backend.prolong(() -> LEASE);
			TimeUnit.MILLISECONDS.sleep(200);
		}
	}

}
