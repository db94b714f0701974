package io.hacluster.samples.lab;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The command line of a manager: what differs from its {@code application.yml}.
 *
 * @param options the command line of the lab
 * @param directory where the nodes live
 * @param natsUrl the NATS server, null for the local store
 * @param properties further properties, below {@code ha.cluster}
 * @param backendAddress where the backend listens
 * @param backendOptions further options of the backend's JVM
 */
record NodeCommand(LabOptions options, Path directory, @Nullable String natsUrl, Map<String, String> properties,
		String backendAddress, List<String> backendOptions) {

	/** The backend is small and lives for seconds: no time for the second compiler. */
	private static final List<String> BACKEND_JVM = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx64m");

	private static final List<String> DEMO_JVM = List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m");

	private static final List<String> BENCH_JVM = List.of("-XX:+UseSerialGC", "-Xmx256m");

	NodeCommand(LabOptions options, Path directory, @Nullable String natsUrl, Map<String, String> properties) {
		this(options, directory, natsUrl, properties, "127.0.0.1", List.of());
	}

	NodeCommand withBackend(String address, List<String> jvmOptions) {
		return new NodeCommand(this.options, this.directory, this.natsUrl, this.properties, address, jvmOptions);
	}

	static String java() {
		return Path.of(System.getProperty("java.home"), "bin", "java").toString();
	}

	/**
	 * Returns the arguments that make another JVM run this lab.
	 */
	static List<String> lab() {
		String path = System.getProperty("java.class.path");
		if (path.endsWith(".jar") && !path.contains(File.pathSeparator)) {
			return List.of("-jar", Path.of(path).toAbsolutePath().toString());
		}
		return List.of("-cp", path, LabApplication.class.getName());
	}

	List<String> of(String name, Path home, int port, int backendPort) {
		List<String> command = new ArrayList<>(List.of(java()));
		command.addAll((this.options.command() == LabOptions.Command.BENCH) ? BENCH_JVM : DEMO_JVM);
		command.add("-Djava.io.tmpdir=" + home.resolve("tmp"));
		command.addAll(List.of("-jar", this.options.manager().toAbsolutePath().toString()));
		command.add("--server.port=" + port);
		command.add("--server.address=127.0.0.1");
		command.add("--management.endpoint.leader.access=unrestricted");
		property(command, "node-id", name);
		property(command, "store", (this.natsUrl != null) ? "nats" : "local");
		if (this.natsUrl != null) {
			property(command, "nats.servers", this.natsUrl);
		}
		else {
			property(command, "local.directory", this.directory.resolve("store").toString());
		}
		property(command, "election.lease-duration", this.options.lease().toMillis() + "ms");
		property(command, "election.renew-interval", this.options.renew().toMillis() + "ms");
		property(command, "sqlite.path", home.resolve("data.db").toString());
		property(command, "sqlite.replica-path", home.resolve("replica.db").toString());
		property(command, "backend.health.url", "http://127.0.0.1:" + backendPort + "/health");
		List<String> backend = backend(home, home.resolve("data.db"), backendPort);
		for (int i = 0; i < backend.size(); i++) {
			property(command, "backend.process.command[" + i + "]", backend.get(i));
		}
		this.properties.forEach((property, value) -> property(command, property, value));
		return command;
	}

	List<String> backend(Path home, Path database, int port) {
		List<String> command = new ArrayList<>(List.of(java()));
		command.addAll(BACKEND_JVM);
		command.addAll(this.backendOptions);
		command.add("-Djava.io.tmpdir=" + home.resolve("tmp"));
		command.addAll(List.of("-jar", this.options.backend().toAbsolutePath().toString()));
		command.addAll(List.of(this.backendAddress + ":" + port, database.toString()));
		return command;
	}

	/**
	 * Returns the command of the same application without a cluster.
	 */
	List<String> empty(int port) {
		List<String> command = new ArrayList<>(List.of(java()));
		command.addAll(BENCH_JVM);
		command.addAll(List.of("-jar", this.options.manager().toAbsolutePath().toString()));
		command.add("--server.port=" + port);
		command.add("--server.address=127.0.0.1");
		property(command, "enabled", "false");
		return command;
	}

	private static void property(List<String> command, String name, String value) {
		command.add("--ha.cluster." + name + "=" + value);
	}

}
