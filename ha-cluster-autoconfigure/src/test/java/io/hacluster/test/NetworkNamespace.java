package io.hacluster.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;

/**
 * A network of its own on this machine: a host, or the switch between hosts. Needs root
 * and the command {@code ip}; without them the test is skipped.
 * <p>
 * Nothing of it is seen outside: the ends of each cable are made inside the two
 * namespaces that it joins. Forwarding is off and IPv6 addresses are usable at once.
 */
public final class NetworkNamespace implements AutoCloseable {

	private static final String BRIDGE = "br0";

	private static final Path DIRECTORY = Path.of("/run/netns");

	private static final Pattern NAME = Pattern.compile("ha-.+-(\\d+)-\\d+");

	private static final AtomicInteger COUNTER = new AtomicInteger();

	private final String name;

	private final AtomicInteger ports = new AtomicInteger();

	private NetworkNamespace(String name) {
		this.name = name;
	}

	/**
	 * Makes a host, with nothing but its loopback interface.
	 * @param what what the test calls it, such as {@code vip-a}
	 * @return the host, to be closed
	 */
	public static NetworkNamespace host(String what) {
		Requirements.require("root".equals(System.getProperty("user.name")), "only root can make network namespaces");
		Requirements.require(Files.isExecutable(Path.of("/usr/sbin/ip")) || Files.isExecutable(Path.of("/sbin/ip")),
				"the command 'ip' (package iproute2) is missing");
		removeThoseOfDeadProcesses();
		String name = "ha-" + what + "-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet();
		execute(List.of("ip", "netns", "add", name));
		NetworkNamespace namespace = new NetworkNamespace(name);
		namespace.run("sysctl", "-q", "-w", "net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=0",
				"net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.default.accept_ra=0");
		namespace.ip("link", "set", "lo", "up");
		return namespace;
	}

	/**
	 * Makes a switch.
	 * @param what what the test calls it
	 * @return a namespace with a bridge, to be closed
	 */
	public static NetworkNamespace bridge(String what) {
		NetworkNamespace namespace = host(what);
		namespace.ip("link", "add", BRIDGE, "type", "bridge", "forward_delay", "0");
		namespace.ip("link", "set", BRIDGE, "up");
		return namespace;
	}

	/**
	 * Joins this host to a switch or another host by a cable.
	 * @param interfaceName the interface that this host gets
	 * @param other the other end
	 * @param addresses addresses in CIDR notation for the interface
	 * @return the name of the interface at the other end
	 */
	public String connect(String interfaceName, NetworkNamespace other, String... addresses) {
		String port = "p" + other.ports.incrementAndGet();
		ip("link", "add", interfaceName, "type", "veth", "peer", "name", port, "netns", other.name);
		if (other.hasBridge()) {
			other.ip("link", "set", port, "master", BRIDGE);
		}
		other.ip("link", "set", port, "up");
		for (String address : addresses) {
			ip("addr", "add", address, "dev", interfaceName);
		}
		ip("link", "set", interfaceName, "up");
		return port;
	}

	public String name() {
		return this.name;
	}

	/**
	 * Runs {@code ip} on this host.
	 * @param arguments its arguments
	 * @return what it prints
	 */
	public String ip(String... arguments) {
		List<String> command = new ArrayList<>(List.of("ip", "-n", this.name));
		command.addAll(List.of(arguments));
		return execute(command);
	}

	/**
	 * Runs a command on this host.
	 * @param command program and arguments
	 * @return what it prints
	 */
	public String run(String... command) {
		return execute(command(List.of(command)));
	}

	/**
	 * Makes a command that runs another one on this host, as the same process.
	 * @param command program and arguments, as from {@link JavaProcess}
	 * @return what to start
	 */
	public List<String> command(List<String> command) {
		List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", this.name));
		all.addAll(command);
		return all;
	}

	/**
	 * Calls code of this JVM on this host: on a thread of its own, so that sockets that
	 * it opens, and threads that it starts, belong to this namespace.
	 * @param <T> the type of the result
	 * @param callable the code
	 * @return what it returns
	 * @throws Exception what it throws
	 */
	public <T> T call(Callable<T> callable) throws Exception {
		FutureTask<T> task = new FutureTask<>(() -> {
			enter();
			return callable.call();
		});
		Thread thread = new Thread(task, this.name);
		thread.setDaemon(true);
		thread.start();
		try {
			return task.get();
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof Exception cause) {
				throw cause;
			}
			if (ex.getCause() instanceof Error cause) {
				throw cause;
			}
			throw ex;
		}
	}

	/**
	 * Removes the host with its interfaces, and thereby the other ends of its cables.
	 */
	@Override
	public void close() {
		execute(List.of("ip", "netns", "delete", this.name));
	}

	@Override
	public String toString() {
		return this.name;
	}

	private boolean hasBridge() {
		return ip("-o", "link", "show").contains(": " + BRIDGE + ":");
	}

	/**
	 * Moves the calling thread, see setns(2).
	 */
	private void enter() {
		LibC libc = Native.load("c", LibC.class);
		int descriptor = libc.open(DIRECTORY.resolve(this.name).toString(), LibC.O_CLOEXEC);
		try {
			libc.setns(descriptor, LibC.CLONE_NEWNET);
		}
		finally {
			libc.close(descriptor);
		}
	}

	private static void removeThoseOfDeadProcesses() {
		if (!Files.isDirectory(DIRECTORY)) {
			return;
		}
		try (DirectoryStream<Path> files = Files.newDirectoryStream(DIRECTORY, "ha-*")) {
			for (Path file : files) {
				Matcher matcher = NAME.matcher(file.getFileName().toString());
				if (matcher.matches() && ProcessHandle.of(Long.parseLong(matcher.group(1))).isEmpty()) {
					execute(List.of("ip", "netns", "delete", file.getFileName().toString()));
				}
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static String execute(List<String> command) {
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			process.getOutputStream().close();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			int exitCode = process.waitFor();
			if (exitCode != 0) {
				throw new IllegalStateException(String.join(" ", command) + " ended with " + exitCode + ": " + output);
			}
			return output;
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
	 * What is used of the C library.
	 */
	interface LibC extends Library {

		int O_CLOEXEC = 0x80000;

		int CLONE_NEWNET = 0x40000000;

		int open(String path, int flags) throws LastErrorException;

		int setns(int descriptor, int type) throws LastErrorException;

		int close(int descriptor) throws LastErrorException;

	}

}
