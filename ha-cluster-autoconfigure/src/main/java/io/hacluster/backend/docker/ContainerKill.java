package io.hacluster.backend.docker;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
		// The processes themselves first, where we may: no engine is needed for it, which
		// may be as dead or frozen as the JVM that we stand in for.
		boolean visible = isVisible(record);
		if (killProcesses(container) && visible) {
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
		return status == 204 || status == 404 || status == 409 || (visible && processes(container).isEmpty());
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
	 * Kills all processes of a container that this user can see and may kill.
	 * @return whether there were such, and none is left
	 */
	static boolean killProcesses(String container) {
		List<ProcessHandle> alive = processes(container);
		boolean any = !alive.isEmpty();
		for (int i = 0; i < POLLS && !alive.isEmpty(); i++) {
			boolean permitted = true;
			for (ProcessHandle process : alive) {
				permitted &= process.destroyForcibly();
			}
			if (!permitted && i > 0) {
				return false;
			}
			LockSupport.parkNanos(POLL_NANOS);
			alive = processes(container);
		}
		return any && alive.isEmpty();
	}

	/**
	 * Lists the processes of a container that can be seen. There are none to be seen if
	 * this JVM runs in a container itself.
	 */
	static List<ProcessHandle> processes(String container) {
		List<ProcessHandle> found = new ArrayList<>();
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
			for (Path entry : entries) {
				long pid = Long.parseLong(entry.getFileName().toString());
				if (isProcessOf(pid, container)) {
					ProcessHandle.of(pid).filter(ProcessHandle::isAlive).ifPresent(found::add);
				}
			}
		}
		catch (IOException | DirectoryIteratorException ex) {
			// There is no /proc, so nothing can be seen.
		}
		return found;
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

	/**
	 * Returns whether the first process of the container was seen when it had been
	 * started.
	 */
	private static boolean isVisible(Path record) {
		try {
			return Files.readAllLines(record).stream().anyMatch((line) -> line.matches("pid=[1-9][0-9]*"));
		}
		catch (IOException ex) {
			return false;
		}
	}

}
