package io.hacluster.backend.docker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Kills a container without the help of the JVM that started it: the main class of a JVM
 * of its own, which the guard of the lease runs. It is copied out of our jar as a single
 * file, so it must not use any class of ours, nor have nested ones.
 * <p>
 * Arguments: Unix socket of the engine, id of the container, and the file of
 * {@link ContainerRecord}. Exits with 0 if and only if the container does not run.
 */
final class ContainerKill implements Runnable {

	private static final long PATIENCE_MILLIS = 5000;

	private static final long POLL_NANOS = 10_000_000;

	private static final int POLLS = 200;

	private static final int STATUS_LENGTH = "HTTP/1.1 204".length();

	private final Path socket;

	private final String container;

	private volatile int status;

	private ContainerKill(Path socket, String container) {
		this.socket = socket;
		this.container = container;
	}

	public static void main(String[] args) throws InterruptedException {
		Runtime.getRuntime().halt(run(Path.of(args[0]), args[1], Path.of(args[2])) ? 0 : 1);
	}

	private static boolean run(Path socket, String container, Path record) throws InterruptedException {
		// The process itself first, where we may: no engine is needed for it, which may
		// be as dead or frozen as the JVM that we stand in for.
		long pid = recordedPid(record);
		if (signalProcess(pid, container) && awaitEnd(pid, container)) {
			return true;
		}
		ContainerKill request = new ContainerKill(socket, container);
		Thread thread = new Thread(request);
		thread.setDaemon(true);
		thread.start();
		thread.join(PATIENCE_MILLIS);
		// Killed, no such container, or one that does not run (Docker Engine API,
		// "Kill a container"); the first is answered when it has ended.
		int status = request.status;
		return status == 204 || status == 404 || status == 409
				|| (pid > 0 && status == 0 && !isProcessOf(pid, container));
	}

	/**
	 * Asks the engine to kill the container.
	 */
	@Override
	public void run() {
		try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
			channel.connect(UnixDomainSocketAddress.of(this.socket));
			String request = "POST /containers/" + this.container
					+ "/kill HTTP/1.1\r\nHost: docker\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
			channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
			ByteBuffer answer = ByteBuffer.allocate(STATUS_LENGTH);
			while (answer.hasRemaining() && channel.read(answer) >= 0) {
				continue;
			}
			this.status = Integer
				.parseInt(new String(answer.array(), STATUS_LENGTH - 3, 3, StandardCharsets.US_ASCII).strip());
		}
		catch (IOException | NumberFormatException ex) {
			this.status = 0;
		}
	}

	/**
	 * Kills the first process of a container, and with it, in its process namespace, all
	 * others.
	 * @return whether it has been signalled: false if it does not run or this user may
	 * not
	 */
	static boolean signalProcess(long pid, String container) {
		return isProcessOf(pid, container)
				&& ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly).orElse(Boolean.FALSE);
	}

	/**
	 * Waits a moment for the end of a process that has been killed.
	 * @return whether it has ended
	 */
	static boolean awaitEnd(long pid, String container) {
		for (int i = 0; i < POLLS && isProcessOf(pid, container); i++) {
			LockSupport.parkNanos(POLL_NANOS);
		}
		return !isProcessOf(pid, container);
	}

	/**
	 * Returns whether a process runs in a container: process ids are used again, but the
	 * control groups of a container bear its id (cgroups(7)).
	 */
	static boolean isProcessOf(long pid, String container) {
		try {
			return pid > 1 && Files.readString(Path.of("/proc/" + pid + "/cgroup")).contains(container);
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static long recordedPid(Path record) {
		try {
			for (String line : Files.readAllLines(record)) {
				if (line.startsWith("pid=")) {
					return Long.parseLong(line.substring("pid=".length()));
				}
			}
		}
		catch (IOException | NumberFormatException ex) {
			return 0;
		}
		return 0;
	}

}
