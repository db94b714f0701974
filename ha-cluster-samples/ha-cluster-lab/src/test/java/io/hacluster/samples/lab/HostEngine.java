package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;

/**
 * A Docker engine on a host: in its network, with a namespace of its own for mounts, and
 * with nothing on the network but what its containers do. Closing it kills all of it.
 */
final class HostEngine implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(90);

	private static final Path CONTROL_GROUPS = Path.of("/sys/fs/cgroup");

	private final Path directory;

	private final Path dockerd;

	private final String controlGroup;

	private final Process mounts;

	private final Thread hook = new Thread(this::remove, "lab-engine");

	private ChildProcess process;

	private HostEngine(Path directory, Path dockerd, Namespace host) throws IOException {
		this.directory = Files.createDirectories(directory);
		this.dockerd = dockerd;
		this.controlGroup = host.name();
		// Not with "ip netns exec", which hides the control groups. With a /run of its
		// own, because sockets of containerd lie there whatever it is told.
		this.mounts = new ProcessBuilder("nsenter", "--net=/run/netns/" + host.name(), "unshare", "--mount", "sh", "-c",
				"mount -t tmpfs tmpfs /run && echo ready && exec sleep infinity")
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		Runtime.getRuntime().addShutdownHook(this.hook);
		try (InputStream output = this.mounts.getInputStream()) {
			Script.require(output.read() == 'r', "this user cannot make namespaces for a Docker engine");
		}
	}

	/**
	 * Starts an engine.
	 * @param directory where all of it is kept; short, because sockets lie there
	 * @param dockerd its executable
	 * @param host where it runs
	 * @return the engine, which answers
	 */
	static HostEngine start(Path directory, Path dockerd, Namespace host) {
		try {
			HostEngine engine = new HostEngine(directory, dockerd, host);
			try {
				engine.start();
				return engine;
			}
			catch (RuntimeException ex) {
				engine.close();
				throw ex;
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static Path socket(Path directory) {
		return directory.resolve("docker.sock");
	}

	private Path run() {
		return this.directory.resolve("run");
	}

	/**
	 * Starts the engine, the second time on what the first one has left.
	 */
	void start() {
		try {
			Files.deleteIfExists(socket(this.directory));
			// A containerd that nobody has collected would be taken for alive.
			Files.deleteIfExists(run().resolve("containerd/containerd.pid"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		ChildProcess started = ChildProcess.start(
				List.of("nsenter", "--target", Long.toString(this.mounts.pid()), "--net", "--mount",
						this.dockerd.toString(), "--data-root", this.directory.resolve("data").toString(),
						"--exec-root", run().toString(), "--pidfile", this.directory.resolve("pid").toString(),
						"--host", "unix://" + socket(this.directory), "--cgroup-parent", "/" + this.controlGroup,
						"--bridge=none", "--iptables=false", "--ip-forward=false"),
				this.directory, this.directory.resolve("engine.log"), Map.of());
		this.process = started;
		Await.until("the Docker engine answers", PATIENCE, started::tail, () -> !started.isAlive() || answers());
		Script.require(started.isAlive(), "the Docker engine does not start here: " + started.lastLine());
	}

	private boolean answers() {
		try {
			ask((docker) -> docker.pingCmd().exec());
			return true;
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	/**
	 * Makes an image without any files.
	 * @param name its name
	 */
	void buildEmptyImage(String name) {
		try {
			Path context = Files.createDirectories(this.directory.resolve("image"));
			Files.writeString(context.resolve("Dockerfile"), "FROM scratch\nLABEL content=none\n");
			ask((docker) -> docker.buildImageCmd(context.toFile())
				.withTags(Set.of(name))
				.exec(new BuildImageResultCallback())
				.awaitImageId());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns the names of the containers that run.
	 */
	List<String> containers() {
		List<Container> containers = ask((docker) -> docker.listContainersCmd().exec());
		return containers.stream().flatMap((container) -> Stream.of(container.getNames())).toList();
	}

	private <T> T ask(Function<DockerClient, T> question) {
		String host = "unix://" + socket(this.directory);
		// The client itself would try again, and say so.
		try (SocketChannel connection = SocketChannel.open(UnixDomainSocketAddress.of(socket(this.directory)));
				DockerClient docker = DockerClientImpl.getInstance(
						DefaultDockerClientConfig.createDefaultConfigBuilder().withDockerHost(host).build(),
						new ZerodepDockerHttpClient.Builder().dockerHost(URI.create(host)).build())) {
			return question.apply(docker);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Kills all processes of the engine: itself, containerd, and the shims. The
	 * containers go on, and nobody looks after them.
	 */
	void killEngine() {
		this.process.kill();
		kill(this::isEngine);
	}

	private void kill(Predicate<Long> which) {
		Await.until("the processes of the engine have ended", PATIENCE, () -> "", () -> {
			List<ProcessHandle> alive = ProcessHandle.allProcesses()
				.filter((process) -> process.pid() != ProcessHandle.current().pid() && which.test(process.pid()))
				.toList();
			alive.forEach(ProcessHandle::destroyForcibly);
			return alive.isEmpty();
		});
	}

	/** A process that has ended has no arguments any more, collected or not. */
	private boolean isEngine(long pid) {
		return read(pid, "cmdline").contains(run().toString());
	}

	private boolean isContained(long pid) {
		return !read(pid, "cmdline").isEmpty() && read(pid, "cgroup").contains("/" + this.controlGroup + "/");
	}

	private static String read(long pid, String file) {
		try {
			return Files.readString(Path.of("/proc", Long.toString(pid), file));
		}
		catch (IOException ex) {
			return "";
		}
	}

	@Override
	public void close() {
		remove();
		Runtime.getRuntime().removeShutdownHook(this.hook);
	}

	private void remove() {
		kill((pid) -> isEngine(pid) || isContained(pid));
		this.mounts.destroyForcibly();
		Await.until("the control groups of the engine are removed", PATIENCE, () -> "", this::removeControlGroups);
		Cluster.delete(this.directory);
	}

	/**
	 * Removes the control groups, of which there is one for each controller or one for
	 * all: cgroups(7).
	 */
	private boolean removeControlGroups() {
		try (Stream<Path> controllers = Files.list(CONTROL_GROUPS)) {
			List<Path> groups = Stream.concat(Stream.of(CONTROL_GROUPS), controllers)
				.map((path) -> path.resolve(this.controlGroup))
				.filter(Files::isDirectory)
				.toList();
			for (Path group : groups) {
				try (Stream<Path> paths = Files.walk(group)) {
					for (Path path : paths.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList()) {
						Files.delete(path);
					}
				}
			}
			return true;
		}
		catch (IOException | UncheckedIOException ex) {
			// Its last process is about to leave it.
			return false;
		}
	}

}
