package io.hacluster.samples.lab;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A host with a systemd of its own, made of one that has only a network of its own: it
 * boots, is switched off, loses its power and boots again with what it had on its disk.
 */
final class Machine implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private static final int WANTS_TO_BOOT_AGAIN = 133;

	private final String name;

	private final String address;

	private final Network network;

	private final Path directory;

	private final List<String> options = new ArrayList<>();

	private Process process;

	private long init;

	/**
	 * Lays out a machine that is switched off.
	 * @param name its name in the network
	 * @param address its address
	 * @param network the network, of which it is a host already
	 * @param directory where its disk and its console are
	 */
	Machine(String name, String address, Network network, Path directory) {
		this.name = name;
		this.address = address;
		this.network = network;
		this.directory = directory;
	}

	/**
	 * Adds a directory or file of this machine to it, read-only.
	 * @param source what
	 * @param target where
	 */
	void mount(Path source, String target) {
		this.options.add("--bind-ro=" + source + ":" + target);
	}

	/**
	 * Adds a directory that both can write to.
	 * @param source what
	 * @param target where
	 */
	void share(Path source, String target) {
		this.options.add("--bind=" + source + ":" + target);
	}

	/**
	 * Returns a path of its disk. To be written to only while it is switched off.
	 * @param path an absolute path
	 */
	Path disk(String path) {
		return this.directory.resolve("upper" + path);
	}

	/**
	 * Switches the machine on, and waits until all that starts at boot has started, or
	 * has failed to.
	 */
	void boot() {
		List<String> command = new ArrayList<>(
				List.of(Script.file("debian-machine").toString(), host().name(), this.directory.toString(),
						"--network-namespace-path=/run/netns/" + host().name(), "--capability=CAP_NET_ADMIN"));
		command.addAll(this.options);
		this.network.heal(this.name);
		try {
			this.process = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(console().toFile()))
				.redirectInput(new File("/dev/null"))
				.start();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		Await.until(this.name + " has booted", PATIENCE, this::tail, () -> {
			if (!this.process.isAlive()) {
				throw new LabException(this.name + " does not boot:\n" + tail());
			}
			this.init = findInit();
			return this.init != 0 && isSettled();
		});
	}

	private long findInit() {
		return this.process.children()
			.filter((child) -> child.info().command().orElse("").endsWith("/systemd"))
			.findFirst()
			.map(ProcessHandle::pid)
			.orElse(0L);
	}

	private boolean isSettled() {
		String state = execute("systemctl", "is-system-running").output();
		return state.startsWith("running") || state.startsWith("degraded");
	}

	/**
	 * Pulls the plug, and waits until nothing of it runs. Nothing that it had to say
	 * leaves it any more.
	 */
	void powerOff() {
		this.network.cut(this.name);
		// The end of its init is the end of all its processes.
		ProcessHandle.of(this.init).ifPresent(ProcessHandle::destroyForcibly);
		this.process.destroyForcibly();
		awaitOff();
	}

	/**
	 * Has its systemd shut it down in order and boots it again.
	 */
	void reboot() {
		execute("systemctl", "--no-block", "reboot");
		int code = awaitOff();
		if (code != WANTS_TO_BOOT_AGAIN) {
			throw new LabException(this.name + " was to boot again, but ended with " + code + "\n" + tail());
		}
		boot();
	}

	private int awaitOff() {
		try {
			if (!this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
				throw new LabException(this.name + " does not end\n" + tail());
			}
			Await.until("nothing runs on " + this.name, PATIENCE, this::tail, this::removeGroups);
			this.init = 0;
			// What a kernel forgets that has lost its power; this one goes on.
			host().ip("address", "flush", "dev", Network.INTERFACE);
			host().ip("address", "add", this.address + "/24", "dev", Network.INTERFACE);
			return this.process.exitValue();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new LabException("interrupted while " + this.name + " ends", ex);
		}
	}

	/**
	 * Removes the control groups, which is possible as soon as nothing runs in them.
	 * @return whether that has been done
	 */
	private boolean removeGroups() {
		return Stream.of("systemd", "unified", ".")
			.map((hierarchy) -> Path.of("/sys/fs/cgroup", hierarchy, host().name()).normalize())
			.filter(Files::exists)
			.allMatch((group) -> run(List.of("find", group.toString(), "-depth", "-type", "d", "-delete")).succeeded());
	}

	boolean isOn() {
		return this.process != null && this.process.isAlive();
	}

	Namespace host() {
		return this.network.host(this.name);
	}

	String name() {
		return this.name;
	}

	/**
	 * Runs a command on the machine as root.
	 * @param command the program and its arguments
	 * @return how it ended
	 */
	Result execute(String... command) {
		List<String> all = new ArrayList<>(List.of("nsenter", "--target=" + this.init, "--all", "--"));
		all.addAll(Arrays.asList(command));
		return run(all);
	}

	/**
	 * Returns a property of a unit, empty if the machine is off.
	 */
	String show(String unit, String property) {
		return isOn() ? execute("systemctl", "show", "--value", "--property=" + property, unit).output().strip() : "";
	}

	/**
	 * Returns the number of the main process of a unit, as this machine knows it.
	 */
	long mainProcess(String unit) {
		String inside = show(unit, "MainPID");
		return ProcessHandle.of(this.init)
			.stream()
			.flatMap(ProcessHandle::descendants)
			.filter((process) -> inside.equals(numberInside(process)))
			.mapToLong(ProcessHandle::pid)
			.findFirst()
			.orElseThrow(() -> new LabException(unit + " has no main process on " + this.name + "\n" + tail()));
	}

	private static String numberInside(ProcessHandle process) {
		try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(process.pid()), "status"))) {
			return lines.filter((line) -> line.startsWith("NSpid:"))
				.map((line) -> line.substring(line.lastIndexOf('\t') + 1))
				.findFirst()
				.orElse("");
		}
		catch (IOException | UncheckedIOException ex) {
			// It has ended.
			return "";
		}
	}

	/**
	 * Returns the last lines of the journal and of the console.
	 */
	String tail() {
		String journal = isOn() && this.init != 0 ? execute("journalctl", "--no-pager", "--lines=60").output() : "";
		try {
			return "--- " + this.name + (isOn() ? "" : " is off") + "\n" + Files.readString(console()) + journal;
		}
		catch (IOException ex) {
			return journal;
		}
	}

	private Path console() {
		return this.directory.resolve("console.log");
	}

	private static Result run(List<String> command) {
		try {
			Process running = new ProcessBuilder(command).redirectErrorStream(true)
				.redirectInput(new File("/dev/null"))
				.start();
			String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			return new Result(running.waitFor(), output);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new LabException("interrupted in " + command, ex);
		}
	}

	@Override
	public void close() {
		if (isOn()) {
			powerOff();
		}
	}

	/**
	 * How a command has ended.
	 *
	 * @param exitCode its exit code
	 * @param output what it wrote
	 */
	record Result(int exitCode, String output) {

		boolean succeeded() {
			return this.exitCode == 0;
		}

	}

}
