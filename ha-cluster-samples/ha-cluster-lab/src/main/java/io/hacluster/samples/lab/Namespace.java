package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A network namespace: what makes some processes of this machine a host of their own.
 * Closing it kills them and removes it.
 */
final class Namespace implements AutoCloseable {

	private static final Path DIRECTORY = Path.of("/run/netns");

	private final IpCommand ip;

	private final String name;

	private final LinuxCalls linux;

	private final ExecutorService inside;

	private Namespace(IpCommand ip, String name, LinuxCalls linux) {
		this.ip = ip;
		this.name = name;
		this.linux = linux;
		this.inside = Executors.newSingleThreadExecutor((task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		});
	}

	/**
	 * Makes a namespace with nothing in it but its loopback interface, which is up. It
	 * forwards nothing, whatever this machine does: an address that has moved away must
	 * not go on working through its former holder.
	 * @param ip the command
	 * @param name the name of the namespace
	 * @return the namespace
	 */
	static Namespace create(IpCommand ip, String name) {
		ip.run("netns", "add", name);
		Namespace namespace = new Namespace(ip, name, LinuxCalls.load());
		try {
			namespace.enter();
			namespace.sysctl("net/ipv4/ip_forward", "0");
			namespace.ip("link", "set", "lo", "up");
			return namespace;
		}
		catch (RuntimeException ex) {
			namespace.close();
			throw ex;
		}
	}

	private void enter() {
		call(() -> {
			int descriptor = this.linux.open(DIRECTORY.resolve(this.name).toString(),
					LinuxCalls.O_RDONLY | LinuxCalls.O_CLOEXEC);
			try {
				return this.linux.setns(descriptor, LinuxCalls.CLONE_NEWNET);
			}
			finally {
				this.linux.close(descriptor);
			}
		});
	}

	String name() {
		return this.name;
	}

	/**
	 * Returns by what {@code /proc/<pid>/ns/net} tells the processes of this namespace.
	 */
	String id() {
		return call(() -> Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString());
	}

	/**
	 * Configures this namespace.
	 * @param arguments the arguments of {@code ip}
	 * @return what it prints
	 */
	String ip(String... arguments) {
		List<String> all = new ArrayList<>(List.of("-n", this.name));
		all.addAll(List.of(arguments));
		return this.ip.run(all.toArray(String[]::new));
	}

	/**
	 * Returns a command that runs another one in this namespace; the process remains the
	 * same.
	 * @param command program and arguments
	 * @return the command
	 */
	List<String> command(List<String> command) {
		List<String> inside = new ArrayList<>(List.of(this.ip.path(), "netns", "exec", this.name));
		inside.addAll(command);
		return inside;
	}

	/**
	 * Has a thread of this process do something in this namespace: a socket opened there
	 * belongs to it for good.
	 * @param <T> the type of the result
	 * @param task what to do
	 * @return its result
	 */
	<T> T call(Callable<T> task) {
		try {
			return this.inside.submit(task).get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new LabException("interrupted in " + this.name, ex);
		}
		catch (ExecutionException ex) {
			throw new LabException("in " + this.name + ": " + ex.getCause(), ex);
		}
	}

	void sysctl(String key, String value) {
		call(() -> Files.writeString(Path.of("/proc/sys", key), value));
	}

	/**
	 * Opens a raw socket in this namespace.
	 */
	RawSocket socket(int domain, int protocol, byte[] address, RawSocket.Listener listener) {
		return call(() -> RawSocket.open(this.linux, domain, protocol, address, this.name + "-socket", listener));
	}

	@Override
	public void close() {
		this.inside.shutdownNow();
		remove(this.ip, this.name);
	}

	/**
	 * Removes what a run that was killed has left behind.
	 * @param ip the command
	 * @param prefix what the names of its namespaces begin with
	 */
	static void removeAll(IpCommand ip, String prefix) {
		if (!Files.isDirectory(DIRECTORY)) {
			return;
		}
		try (var names = Files.list(DIRECTORY)) {
			names.map((path) -> path.getFileName().toString())
				.filter((name) -> name.startsWith(prefix))
				.forEach((name) -> remove(ip, name));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void remove(IpCommand ip, String name) {
		try {
			ip.run("netns", "pids", name)
				.lines()
				.map((line) -> ProcessHandle.of(Long.parseLong(line.strip())))
				.flatMap(java.util.Optional::stream)
				.filter((process) -> process.pid() != ProcessHandle.current().pid())
				.forEach(ProcessHandle::destroyForcibly);
			ip.run("netns", "delete", name);
		}
		catch (LabException ex) {
			System.err.println("could not remove the network namespace " + name + ": " + ex.getMessage());
		}
	}

}
