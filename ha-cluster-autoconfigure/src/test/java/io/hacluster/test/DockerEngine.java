package io.hacluster.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import org.awaitility.Awaitility;

import org.springframework.util.FileSystemUtils;

/**
 * A real Docker engine of its own, found or installed by {@code scripts/docker-engine}:
 * with its own data, socket, and namespaces for network and mounts, so that neither its
 * bridge nor its filter rules nor its mounts are seen outside, and all are gone with its
 * last process. It can be killed, frozen and restarted. Images are built from local files
 * only. Needs root.
 */
public final class DockerEngine implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final Path directory;

	private final Path dockerd;

	private final Path busybox;

	private final Process namespaces;

	private final String controlGroup;

	private final DockerClient client;

	private Process process;

	private DockerEngine(Path directory) throws IOException {
		this.directory = directory;
		this.dockerd = ProjectScript.path("docker-engine");
		this.busybox = ProjectScript.path("docker-engine", "busybox");
		this.namespaces = new ProcessBuilder("unshare", "--net", "--mount", "sh", "-c",
				"$0 ip link set lo up && $0 mount -t tmpfs tmpfs /run && echo ready && exec sleep infinity",
				this.busybox.toString())
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
		Requirements.require(this.namespaces.getInputStream().read() == 'r',
				"this user cannot make namespaces for a Docker engine");
		this.controlGroup = "ha-docker-" + this.namespaces.pid();
		String host = "unix://" + socket();
		this.client = DockerClientImpl.getInstance(
				DefaultDockerClientConfig.createDefaultConfigBuilder().withDockerHost(host).build(),
				new ZerodepDockerHttpClient.Builder().dockerHost(URI.create(host)).build());
		this.process = launch();
	}

	/**
	 * Starts an engine.
	 * @return the running engine
	 */
	public static DockerEngine start() {
		Requirements.require("root".equals(System.getProperty("user.name")), "a Docker engine needs root");
		try {
			// Not below the build directory: the paths of Unix sockets are short.
			return new DockerEngine(Files.createTempDirectory(Path.of("/tmp"), "ha-docker-"));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	public Path socket() {
		return this.directory.resolve("docker.sock");
	}

	/**
	 * Returns a client of this engine, which is closed with it.
	 * @return the client
	 */
	public DockerClient client() {
		return this.client;
	}

	/**
	 * Builds an image that holds nothing but busybox and its links.
	 * @param name of the image
	 * @param lines further lines of its Dockerfile, such as its command
	 * @return the id of the image
	 */
	public String build(String name, String... lines) {
		return build(name, Map.of(), lines);
	}

	/**
	 * Builds an image of busybox and further files.
	 * @param name of the image
	 * @param files what the lines may copy, by name
	 * @param lines further lines of its Dockerfile, such as its command
	 * @return the id of the image
	 */
	public String build(String name, Map<String, Path> files, String... lines) {
		try {
			Path context = Files.createDirectories(this.directory.resolve("image"));
			Path binary = context.resolve("busybox");
			if (!Files.exists(binary)) {
				Files.copy(this.busybox, binary);
			}
			for (Map.Entry<String, Path> file : files.entrySet()) {
				Files.copy(file.getValue(), context.resolve(file.getKey()), StandardCopyOption.REPLACE_EXISTING);
			}
			Files.writeString(context.resolve("Dockerfile"),
					"FROM scratch\nCOPY busybox /bin/busybox\nRUN [\"/bin/busybox\", \"--install\", \"-s\", \"/bin\"]\n"
							+ String.join("\n", lines) + "\n");
			return this.client.buildImageCmd(context.toFile())
				.withTags(Set.of(name))
				.exec(new BuildImageResultCallback())
				.awaitImageId();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Asks a web server of a container on its published port.
	 * @param port the port, where the engine runs
	 * @return the whole answer, or what kept it from coming
	 */
	public String get(int port) {
		// Not with busybox: linked statically, it crashes when it looks up an address.
		String request = "exec 3<>/dev/tcp/127.0.0.1/" + port
				+ " && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && cat <&3";
		try {
			List<String> command = new ArrayList<>(inNetwork());
			command.addAll(List.of("bash", "-c", request));
			Process started = new ProcessBuilder(command).redirectErrorStream(true).start();
			return new String(started.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns what to put before a command so that it sees the ports that the engine
	 * publishes.
	 * @return the beginning of a command
	 */
	public List<String> inNetwork() {
		return List.of("nsenter", "--target", Long.toString(this.namespaces.pid()), "--net");
	}

	/**
	 * Returns what a container has written so far.
	 * @param container its name or id
	 * @return its output
	 */
	public String log(String container) {
		StringBuffer text = new StringBuffer();
		try {
			this.client.logContainerCmd(container)
				.withStdOut(true)
				.withStdErr(true)
				.exec(new ResultCallback.Adapter<Frame>() {
					@Override
					public void onNext(Frame frame) {
						text.append(new String(frame.getPayload(), StandardCharsets.UTF_8));
					}
				})
				.awaitCompletion();
			return text.toString();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return text.toString();
		}
	}

	/**
	 * Removes all containers, running or not.
	 */
	public void removeContainers() {
		this.client.listContainersCmd()
			.withShowAll(true)
			.exec()
			.forEach((container) -> this.client.removeContainerCmd(container.getId()).withForce(true).exec());
	}

	/**
	 * Undoes what a test has done to the engine.
	 */
	public void ensureRunning() {
		if (this.process.isAlive()) {
			resume();
		}
		else {
			restart();
		}
	}

	/**
	 * Kills the engine with SIGKILL. Its containers run on.
	 */
	public void kill() {
		signal("CONT", this.process.pid());
		this.process.destroyForcibly();
		await(this.process);
	}

	/**
	 * Stops the engine in order, and its containers with it.
	 */
	public void stop() {
		this.process.destroy();
		await(this.process);
	}

	/**
	 * Freezes the engine with SIGSTOP, and returns when all its threads stand still.
	 */
	public void pause() {
		signal("STOP", this.process.pid());
		StoppedProcess.await(this.process.pid());
	}

	/**
	 * Lets a frozen engine go on with SIGCONT.
	 */
	public void resume() {
		signal("CONT", this.process.pid());
	}

	/**
	 * Starts the engine again on the same data.
	 */
	public void restart() {
		try {
			// It dies with the engine. Where nobody collects orphans, the new engine
			// would take what is left of it for alive.
			Files.deleteIfExists(this.directory.resolve("run/containerd/containerd.pid"));
			this.process = launch();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private Process launch() throws UncheckedIOException {
		Path log = this.directory.resolve("log");
		try {
			Files.deleteIfExists(socket());
			Process started = new ProcessBuilder("nsenter", "--target", Long.toString(this.namespaces.pid()), "--net",
					"--mount", this.dockerd.toString(), "--data-root", this.directory.resolve("data").toString(),
					"--exec-root", this.directory.resolve("run").toString(), "--host", "unix://" + socket(),
					"--pidfile", this.directory.resolve("pid").toString(), "--cgroup-parent", "/" + this.controlGroup)
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
				.start();
			Runtime.getRuntime().addShutdownHook(new Thread(this::destroyAll));
			this.process = started;
			Awaitility.await().atMost(PATIENCE).until(() -> !started.isAlive() || answers());
			if (!started.isAlive()) {
				String text = Files.readString(log);
				destroyAll();
				Requirements.require(false, "the Docker engine does not start here: "
						+ text.strip().lines().reduce((first, second) -> second).orElse(""));
			}
			return started;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private boolean answers() {
		try {
			this.client.pingCmd().exec();
			return true;
		}
		catch (RuntimeException ex) {
			return false;
		}
	}

	@Override
	public void close() throws IOException {
		if (this.process.isAlive()) {
			resume();
			removeContainers();
			stop();
		}
		this.client.close();
		destroyAll();
		await(this.namespaces);
		FileSystemUtils.deleteRecursively(this.directory);
		try (Stream<Path> groups = Files.list(Path.of("/sys/fs/cgroup"))) {
			List<Path> ours = Stream
				.concat(Stream.of(Path.of("/sys/fs/cgroup", this.controlGroup)),
						groups.map((it) -> it.resolve(this.controlGroup)))
				.filter(Files::isDirectory)
				.toList();
			for (Path group : ours) {
				Awaitility.await().ignoreExceptions().until(() -> {
					Files.deleteIfExists(group);
					return true;
				});
			}
		}
	}

	/**
	 * Kills whatever of this engine still runs: itself, its containerd and shims, which
	 * all name its directory, its containers, and last what holds the namespaces.
	 */
	private void destroyAll() {
		List<ProcessHandle> all = ProcessHandle.allProcesses().filter(this::isOurs).toList();
		all.forEach(ProcessHandle::destroyForcibly);
		this.namespaces.destroyForcibly();
	}

	private boolean isOurs(ProcessHandle handle) {
		try {
			Path proc = Path.of("/proc/" + handle.pid());
			return handle.pid() != ProcessHandle.current().pid()
					&& (Files.readString(proc.resolve("cmdline")).contains(this.directory.resolve("run").toString())
							|| Files.readString(proc.resolve("cgroup")).contains("/" + this.controlGroup + "/"));
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Reads the state of a thread, the first field after its name (proc_pid_stat(5)).
	 */
	private static void signal(String name, long pid) {
		try {
			new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start().waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static void await(Process process) {
		try {
			if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
				throw new IllegalStateException("Process " + process.pid() + " does not end");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
