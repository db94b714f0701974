package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * Two nodes on this machine and, for that store, a NATS server. Closing it ends all of
 * its processes and removes what they left behind.
 */
final class Cluster implements AutoCloseable {

	private final Path directory;

	private final boolean keep;

	private final List<Node> nodes;

	private final @Nullable NatsProcess nats;

	private final List<ChildProcess> others = new ArrayList<>();

	private boolean closed;

	Cluster(Path directory, boolean keep, List<Node> nodes, @Nullable NatsProcess nats) {
		this.directory = directory;
		this.keep = keep;
		this.nodes = nodes;
		this.nats = nats;
	}

	/**
	 * Lays out a cluster; none of its nodes runs yet.
	 * @param options the command line
	 * @return the cluster
	 */
	static Cluster create(LabOptions options) {
		return create(options, Map.of());
	}

	/**
	 * Lays out a cluster; none of its nodes runs yet.
	 * @param options the command line
	 * @param properties further properties of its nodes, below {@code ha.cluster}
	 * @return the cluster
	 */
	static Cluster create(LabOptions options, Map<String, String> properties) {
		try {
			Path directory = directory(options);
			NatsProcess nats = (options.store() == LabOptions.Store.NATS) ? NatsProcess.create(options, directory)
					: null;
			NodeCommand command = new NodeCommand(options, directory, (nats != null) ? nats.url() : null, properties);
			List<Node> nodes = new ArrayList<>();
			for (String name : List.of("node-a", "node-b")) {
				Path home = Files.createDirectories(directory.resolve(name));
				int port = freePort();
				int backendPort = freePort();
				nodes.add(new Node(name, home, port, backendPort, command.of(name, home, port, backendPort)));
			}
			Cluster cluster = new Cluster(directory, options.keep() || options.directory() != null, List.copyOf(nodes),
					nats);
			Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "lab-cleanup"));
			if (nats != null) {
				cluster.start(nats);
			}
			return cluster;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static Path directory(LabOptions options) throws IOException {
		Path directory = options.directory();
		if (directory == null) {
			return temporary();
		}
		if (Files.exists(directory)) {
			throw new LabException("the directory " + directory + " exists: choose another, or remove it");
		}
		return Files.createDirectories(directory);
	}

	static int freePort() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
	}

	Path directory() {
		return this.directory;
	}

	List<Node> nodes() {
		return this.nodes;
	}

	String natsUrl() {
		return nats().url();
	}

	NatsProcess nats() {
		if (this.nats == null) {
			throw new LabException("this cluster has no NATS server");
		}
		return this.nats;
	}

	void start(NatsProcess server) throws IOException {
		synchronized (this) {
			refuseWhenClosed();
			server.start();
		}
		server.awaitReady();
	}

	/**
	 * Starts a node, unless the cluster is being closed: nothing may start behind the
	 * back of the clean-up.
	 * @param node one of the nodes
	 */
	synchronized void start(Node node) {
		refuseWhenClosed();
		node.start();
	}

	/**
	 * Runs a further process, which the clean-up ends too.
	 * @param command program and arguments
	 * @param log the name of its log file
	 * @return the process
	 */
	synchronized ChildProcess run(List<String> command, String log) {
		refuseWhenClosed();
		ChildProcess process = ChildProcess.start(command, this.directory, this.directory.resolve(log), Map.of());
		this.others.add(process);
		return process;
	}

	private void refuseWhenClosed() {
		if (this.closed) {
			throw new LabException("the cluster has been closed");
		}
	}

	synchronized boolean isClosed() {
		return this.closed;
	}

	Node other(Node node) {
		return (this.nodes.get(0) == node) ? this.nodes.get(1) : this.nodes.get(0);
	}

	/**
	 * Waits until one node leads and its backend is healthy.
	 * @param atMost how long to wait
	 * @return the leader
	 */
	Node awaitLeader(Duration atMost) {
		return Await.value("one of the nodes leads and its backend is healthy", atMost, this::tails, this::leader);
	}

	private @Nullable Node leader() {
		for (Node node : this.nodes) {
			if (!node.process().isAlive()) {
				throw new LabException(node.name() + " has ended by itself\n" + node.tail());
			}
			if (node.isBackendUp() && node.isLeader()) {
				return node;
			}
		}
		return null;
	}

	String tails() {
		return String.join("\n", this.nodes.stream().map(Node::tail).toList());
	}

	@Override
	public synchronized void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		this.nodes.forEach(Node::destroy);
		this.others.forEach(ChildProcess::kill);
		if (this.nats != null) {
			this.nats.destroy();
		}
		if (!this.keep) {
			delete(this.directory);
		}
	}

	static Path temporary() {
		try {
			return Files.createTempDirectory("ha-cluster-lab-");
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static void delete(Path directory) {
		try (Stream<Path> paths = Files.walk(directory)) {
			for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
				Files.deleteIfExists(path);
			}
		}
		catch (IOException ex) {
			System.err.println("could not remove " + directory + ": " + ex.getMessage());
		}
	}

}
