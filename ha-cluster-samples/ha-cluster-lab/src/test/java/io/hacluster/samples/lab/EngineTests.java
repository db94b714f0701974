package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole sequence with containers: two hosts with a Docker engine each, of which the
 * leader's runs the backend, a virtual IP, NATS, and a client that never stops writing.
 * The tests share the hosts, in any order; each begins and ends when the cluster is
 * whole.
 */
@Tag("hosts")
@Timeout(300)
class EngineTests {

	private static final String CONTAINER = "convex-backend";

	private static final String IMAGE = "ha-lab-empty";

	private static final Duration PATIENCE = Duration.ofSeconds(90);

	private static final int ATTEMPTS = 3;

	/** What the nodes put in for themselves. */
	private static final String NODE = "${ha.cluster.node-id}";

	private static final Map<String, HostEngine> engines = new LinkedHashMap<>();

	private static Path directory;

	private static Bed bed;

	private static FaultRun run;

	@BeforeAll
	static void start() throws IOException {
		Script.require("root".equals(System.getProperty("user.name")), "only root can make hosts");
		Path dockerd = Script.path("docker-engine");
		// Not below the build directory: the paths of Unix sockets are short.
		directory = Files.createTempDirectory(Path.of("/tmp"), "ha-lab-");
		LabOptions options = LabOptions.parse(List.of("faults", "--dir", directory.resolve("nodes").toString(),
				"--manager", Script.jar("ha-cluster-sample-manager").toString(), "--backend",
				Script.jar("ha-cluster-sample-backend").toString(), "--ip", Script.path("iproute2").toString(),
				"--nats-server", Script.path("nats-server").toString()));
		bed = Bed.create(options, "engine", properties(options));
		for (Node node : bed.cluster().nodes()) {
			HostEngine engine = HostEngine.start(directory.resolve(node.name()), dockerd, bed.host(node));
			engines.put(node.name(), engine);
			engine.buildEmptyImage(IMAGE);
		}
		run = new FaultRun(bed, new Progress(System.out), 1);
	}

	/**
	 * An image without files will do: the container sees the JVM of this machine.
	 */
	private static Map<String, String> properties(LabOptions options) {
		Path home = directory.resolve("nodes").resolve(NODE);
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("backend.type", "docker");
		properties.put("backend.health.timeout", "3s");
		properties.put("backend.supervision.max-restarts", "1");
		properties.put("backend.supervision.cooling", "3s");
		properties.put("backend.docker.host", "unix://" + HostEngine.socket(directory.resolve(NODE)));
		properties.put("backend.docker.container", CONTAINER);
		properties.put("backend.docker.image", IMAGE);
		properties.put("backend.docker.pull-policy", "never");
		properties.put("backend.docker.network", "host");
		List<String> command = new NodeCommand(options, directory, null, Map.of()).withBackend("0.0.0.0", List.of())
			.backend(home, home.resolve("data.db"), Bed.BACKEND_PORT);
		for (int i = 0; i < command.size(); i++) {
			properties.put("backend.docker.command[" + i + "]", command.get(i));
		}
		List<String> volumes = new ArrayList<>(List.of(home + ":" + home));
		Stream
			.of(Stream.of("/usr", "/lib", "/lib64").map(Path::of), JavaHome.paths().stream(),
					Stream.of(options.backend().getParent()))
			.flatMap((paths) -> paths)
			.filter(Files::exists)
			.forEach((path) -> volumes.add(path + ":" + path + ":ro"));
		for (int i = 0; i < volumes.size(); i++) {
			properties.put("backend.docker.volumes[" + i + "]", volumes.get(i));
		}
		return properties;
	}

	@AfterAll
	static void remove() {
		if (bed != null) {
			bed.close();
		}
		engines.values().forEach(HostEngine::close);
		engines.clear();
		if (directory != null) {
			Cluster.delete(directory);
			assertThat(directory).doesNotExist();
		}
	}

	@AfterEach
	void assertOneContainerRuns() {
		Node leader = run.awaitWhole();
		Await.until("the host of the leader alone has the virtual IP and the backend", PATIENCE, bed.cluster()::tails,
				() -> bed.addresses().holders().holders().equals(List.of(leader.name()))
						&& bed.backends().runs().holders().equals(List.of(leader.name())));
		assertThat(engines.get(leader.name()).containers()).containsExactly("/" + CONTAINER);
		assertThat(engines.get(bed.cluster().other(leader).name()).containers()).isEmpty();
	}

	@Test
	void startWhenBothHaveAnEngineGivesOneTheVirtualIpAndTheContainer() {
		assertOneContainerRuns();
	}

	@Test
	void stepDownMovesTheVirtualIpAndTheContainer() throws SQLException {
		befall(Fault.STEP_DOWN, Fault.STEP_DOWN::run);
	}

	@Test
	void killOfTheEngineMovesTheVirtualIpAndTheContainerUntilItIsBack() throws SQLException {
		befall(Fault.KILL, (incident) -> {
			HostEngine engine = engines.get(incident.leader().name());
			try {
				incident.strike("SIGKILL to the engine of", engine::killEngine);
				incident.awaitTakeover();
				long row = bed.ledger().lastId();
				Await.until("the node follows without its engine", PATIENCE, incident.leader()::tail,
						() -> incident.leader().replicates(row));
				assertThat(incident.backends()).isEmpty();
			}
			finally {
				engine.start();
			}
		});
		// Back to the host whose engine has been started again.
		befall(Fault.STEP_DOWN, Fault.STEP_DOWN::run);
	}

	/**
	 * How long clients wait is a matter of the other tests of faults. When the machine
	 * stood still meanwhile, so that another node led than expected, it is tried again.
	 */
	private void befall(Fault kind, Consumer<Incident> blow) throws SQLException {
		for (int attempt = 1;; attempt++) {
			try (Stalls stalls = new Stalls()) {
				if (attempt(kind, blow, attempt == ATTEMPTS ? null : stalls)) {
					return;
				}
			}
		}
	}

	private static boolean attempt(Fault kind, Consumer<Incident> blow, @Nullable Stalls excuse) throws SQLException {
		try {
			assertThat(run.run(kind, blow).harm()).isEmpty();
			return true;
		}
		catch (LabException ex) {
			if (excuse == null || excuse.longest().compareTo(FaultBed.TOLERABLE) < 0) {
				throw ex;
			}
			System.out.println("TRIED AGAIN, because the machine stood still for " + excuse.longest().toMillis()
					+ " ms: " + ex.getMessage().lines().findFirst().orElse(""));
			return false;
		}
	}

}
