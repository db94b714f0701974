package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

/**
 * Notes on which hosts a backend runs, by looking for its processes every few
 * milliseconds: proc(5).
 */
final class BackendWatch implements AutoCloseable {

	private static final Path PROC = Path.of("/proc");

	private static final long INTERVAL_NANOS = 20_000_000;

	/** A process that has just been forked has yet to become what it will be. */
	private static final long YOUNG_NANOS = 2_000_000_000;

	private final String jar;

	private final Map<String, String> hosts;

	private final Timeline runs = new Timeline();

	private final Map<String, Long> firstSeen = new HashMap<>();

	private final Map<String, String> backends = new HashMap<>();

	private final Thread thread = new Thread(this::run, "lab-backends");

	private volatile boolean closed;

	/**
	 * Begins to watch.
	 * @param jar the jar of the backend, as its command line names it
	 * @param hosts the hosts by the ids of their namespaces
	 */
	BackendWatch(Path jar, Map<String, String> hosts) {
		this.jar = jar.toString();
		this.hosts = hosts;
		this.thread.setDaemon(true);
		this.thread.start();
	}

	Timeline runs() {
		return this.runs;
	}

	/**
	 * Returns the processes of the backend on a host.
	 * @param host the host
	 * @return their numbers
	 */
	synchronized List<Long> processes(String host) {
		return this.backends.entrySet()
			.stream()
			.filter((entry) -> entry.getValue().equals(host))
			.map((entry) -> Long.valueOf(entry.getKey()))
			.toList();
	}

	private void run() {
		while (!this.closed) {
			scan();
			LockSupport.parkNanos(INTERVAL_NANOS);
		}
	}

	private synchronized void scan() {
		long now = System.nanoTime();
		Set<String> present = new HashSet<>();
		try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
			for (Path process : processes) {
				String pid = process.getFileName().toString();
				present.add(pid);
				long seen = this.firstSeen.computeIfAbsent(pid, (key) -> now);
				if (this.backends.containsKey(pid)) {
					if (isDead(process)) {
						this.backends.remove(pid);
					}
				}
				else if (now - seen < YOUNG_NANOS) {
					String host = hostOfBackend(process);
					if (host != null) {
						this.backends.put(pid, host);
					}
				}
			}
		}
		catch (IOException ex) {
			throw new LabException("cannot read " + PROC, ex);
		}
		this.firstSeen.keySet().retainAll(present);
		this.backends.keySet().retainAll(present);
		for (String host : this.hosts.values()) {
			if (this.backends.containsValue(host)) {
				this.runs.began(host, now);
			}
			else {
				this.runs.ended(host, now);
			}
		}
	}

	private @Nullable String hostOfBackend(Path process) {
		try {
			String[] arguments = Files.readString(process.resolve("cmdline")).split("\0");
			if (!arguments[0].endsWith("java") || !List.of(arguments).contains(this.jar)) {
				return null;
			}
			return this.hosts.get(Files.readSymbolicLink(process.resolve("ns/net")).toString());
		}
		catch (IOException ex) {
			// It has ended meanwhile.
			return null;
		}
	}

	private static boolean isDead(Path process) {
		try {
			String stat = Files.readString(process.resolve("stat"));
			char state = stat.charAt(stat.lastIndexOf(')') + 2);
			return state == 'Z' || state == 'X';
		}
		catch (IOException ex) {
			return true;
		}
	}

	@Override
	public void close() {
		this.closed = true;
		try {
			this.thread.join(5_000);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
