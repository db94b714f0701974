package io.hacluster.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.awaitility.Awaitility;

/**
 * A machine with a real systemd: {@code systemd-nspawn --boot} on an overlay over a
 * Debian tree, with a network of its own and control groups of its own. Nothing of it is
 * left when it is closed. Needs root.
 */
public final class SystemdHost implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	/**
	 * The overlay is mounted in a mount namespace of its own, so that it goes with the
	 * machine, however that ends.
	 */
	private static final String BOOT = """
			set -e
			directory=$1 tree=$2 groups=$3; shift 3
			mount -t tmpfs tmpfs "$directory"
			mkdir "$directory/upper" "$directory/work" "$directory/root"
			mount -t overlay overlay -o "lowerdir=$tree,upperdir=$directory/upper,workdir=$directory/work" "$directory/root"
			for group in $groups; do mkdir -p "$group"; echo $$ >"$group/cgroup.procs"; done
			exec "$@"
			""";

	private final Process process;

	private final List<Path> groups;

	private final Path log;

	private final long leader;

	private SystemdHost(Process process, List<Path> groups, Path log) {
		this.process = process;
		this.groups = groups;
		this.log = log;
		Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
		this.leader = awaitLeader();
	}

	/**
	 * Boots a machine, and waits until its systemd has settled.
	 * @param directory an empty directory
	 * @param options further options for systemd-nspawn(1)
	 * @return the running machine
	 */
	public static SystemdHost boot(Path directory, String... options) {
		Requirements.require("root".equals(System.getProperty("user.name")), "only root can boot a container");
		Path tree = ProjectScript.path("debian-tree");
		Path nspawn = ProjectScript.path("systemd-nspawn");
		String name = "ha-systemd-" + ProcessHandle.current().pid() + "-"
				+ Integer.toHexString(directory.hashCode()).toLowerCase(Locale.ROOT);
		List<Path> groups = groups(name);
		Path log = directory.resolve("console.log");
		Path root = directory.resolve("machine");
		List<String> command = new ArrayList<>(List.of("unshare", "--mount", "--propagation", "private", "sh", "-c",
				BOOT, "boot", root.toString(), tree.toString(),
				String.join(" ", groups.stream().map(Path::toString).toList()), nspawn.toString(), "--quiet", "--boot",
				"--directory=" + root.resolve("root"), "--machine=" + name, "--register=no", "--keep-unit",
				"--private-network", "--link-journal=no", "--console=pipe"));
		command.addAll(List.of(options));
		try {
			Files.createDirectories(root);
			Process process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(log.toFile())
				.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
				.start();
			SystemdHost host = new SystemdHost(process, groups, log);
			host.awaitSettled();
			return host;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static List<Path> groups(String name) {
		return Stream.of("/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified", "/sys/fs/cgroup")
			.map(Path::of)
			.filter((mount) -> Files.isWritable(mount.resolve("cgroup.procs")))
			.map((mount) -> mount.resolve(name))
			.toList();
	}

	private long awaitLeader() {
		Awaitility.await("a container that boots").atMost(PATIENCE).until(() -> init() > 0 || !this.process.isAlive());
		long init = init();
		if (init == 0) {
			String said = console();
			close();
			throw new IllegalStateException("The container has not booted: " + said);
		}
		return init;
	}

	private long init() {
		return this.process.children()
			.filter((child) -> child.info().command().orElse("").endsWith("/systemd"))
			.findFirst()
			.map(ProcessHandle::pid)
			.orElse(0L);
	}

	private void awaitSettled() {
		try {
			Awaitility.await("a systemd that has settled").atMost(PATIENCE).until(() -> {
				String state = exec("systemctl", "is-system-running").output().strip();
				return state.equals("running") || state.equals("degraded");
			});
		}
		catch (RuntimeException ex) {
			close();
			throw ex;
		}
	}

	/**
	 * Returns what the machine has written to its console.
	 */
	private String console() {
		try {
			return Files.readString(this.log);
		}
		catch (IOException ex) {
			return String.valueOf(ex.getMessage());
		}
	}

	/**
	 * Returns what stands before a command that is to run on the machine while it stays a
	 * process of this one, so that ending it ends it there.
	 * @return the beginning of a command
	 */
	public List<String> prefix() {
		return List.of("nsenter", "--target=" + this.leader, "--all", "--", "setpriv", "--pdeathsig", "KILL", "--");
	}

	/**
	 * Returns a path of the machine as this one sees it.
	 * @param path an absolute path
	 * @return the path here
	 */
	public Path path(String path) {
		return Path.of("/proc/" + this.leader + "/root" + path);
	}

	/**
	 * Runs a command on the machine as root, within all its namespaces.
	 * @param command the program and its arguments
	 * @return how it ended
	 */
	public Result exec(String... command) {
		List<String> all = new ArrayList<>(List.of("nsenter", "--target=" + this.leader, "--all", "--"));
		all.addAll(List.of(command));
		try {
			Process running = new ProcessBuilder(all).redirectErrorStream(true)
				.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
				.start();
			String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (!running.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
				running.destroyForcibly();
				throw new IllegalStateException(String.join(" ", command) + " does not end");
			}
			return new Result(running.exitValue(), output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * Runs a command that must succeed.
	 * @param command the program and its arguments
	 * @return what it wrote, stripped
	 */
	public String run(String... command) {
		Result result = exec(command);
		if (result.exitCode() != 0) {
			throw new AssertionError(String.join(" ", command) + ": " + result);
		}
		return result.output().strip();
	}

	/**
	 * Asks for one property of a unit.
	 * @param unit the unit
	 * @param property the property
	 * @return its value
	 */
	public String show(String unit, String property) {
		return run("systemctl", "show", "--value", "--property=" + property, unit);
	}

	/**
	 * Writes a file of the machine.
	 * @param path an absolute path
	 * @param text its content
	 */
	public void write(String path, String text) {
		try {
			Files.createDirectories(path(path).getParent());
			Files.writeString(path(path), text);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Installs a unit.
	 * @param name its name, with its suffix
	 * @param text the content of its file
	 */
	public void unit(String name, String text) {
		write("/etc/systemd/system/" + name, text);
		run("systemctl", "daemon-reload");
	}

	/**
	 * Switches the machine off by cutting its power.
	 */
	@Override
	public void close() {
		this.process.children().forEach(ProcessHandle::destroyForcibly);
		try {
			if (!this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
				this.process.destroyForcibly();
				throw new IllegalStateException("The container does not end: " + console());
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.groups.forEach(SystemdHost::removeGroup);
	}

	/**
	 * Control groups are removed from the leaves up, when the kernel has let go of what
	 * was in them.
	 */
	private static void removeGroup(Path group) {
		Awaitility.await("control groups that are empty").atMost(PATIENCE).until(() -> {
			if (Files.exists(group)) {
				new ProcessBuilder("find", group.toString(), "-depth", "-type", "d", "-delete")
					.redirectError(ProcessBuilder.Redirect.DISCARD)
					.start()
					.waitFor();
			}
			return !Files.exists(group);
		});
	}

	/**
	 * How a command has ended.
	 *
	 * @param exitCode its exit code
	 * @param output what it wrote, standard error included
	 */
	public record Result(int exitCode, String output) {
	}

}
