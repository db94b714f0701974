package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The test bed: hosts on one Ethernet, two with a node each, one with the NATS server,
 * one with a client that speaks to the virtual IP, and an empty one. Closing it, or the
 * end of this JVM, removes all of it.
 */
final class Bed implements AutoCloseable {

	static final String VIP = "10.77.0.100";

	static final String NATS = "nats";

	static final String CLIENT = "client";

	static final String STRANGER = "stranger";

	static final int BACKEND_PORT = 3210;

	private static final int NODE_NUMBER = 1;

	private static final int NATS_NUMBER = 10;

	private static final int CLIENT_NUMBER = 20;

	private static final int STRANGER_NUMBER = 30;

	private static final int PORT = 8080;

	private static final int NATS_PORT = 4222;

	private static final Duration START_TIMEOUT = Duration.ofSeconds(180);

	private final LabOptions options;

	private final Network network;

	private final Cluster cluster;

	private final AddressWatch addresses = new AddressWatch(VIP);

	private final Traffic traffic = new Traffic();

	private final Sniffer sniffer;

	private final BackendWatch backends;

	private @Nullable ClientHost client;

	private Bed(LabOptions options, Network network, Cluster cluster) {
		this.options = options;
		this.network = network;
		this.cluster = cluster;
		Map<String, String> hosts = new LinkedHashMap<>();
		for (Node node : cluster.nodes()) {
			Namespace host = network.host(node.name());
			this.addresses.watch(node.name(), host);
			hosts.put(host.id(), node.name());
		}
		this.sniffer = Sniffer.start(VIP, this.traffic, network.host(CLIENT));
		this.backends = new BackendWatch(options.backend().toAbsolutePath(), hosts);
	}

	/**
	 * Lays out the hosts and starts the NATS server; none of the nodes runs yet.
	 * @param options the command line
	 * @param name tells the bed from others of this process
	 * @param properties further properties of its nodes, below {@code ha.cluster}
	 * @return the bed
	 */
	static Bed create(LabOptions options, String name, Map<String, String> properties) {
		Network network = Network.create(new IpCommand(options.ip()),
				"ha-lab-" + ProcessHandle.current().pid() + "-" + name + "-");
		Runtime.getRuntime().addShutdownHook(new Thread(network::close, "lab-network"));
		try {
			return create(options, network, properties);
		}
		catch (IOException ex) {
			network.close();
			throw new UncheckedIOException(ex);
		}
		catch (RuntimeException ex) {
			network.close();
			throw ex;
		}
	}

	private static Bed create(LabOptions options, Network network, Map<String, String> properties) throws IOException {
		Path directory = Cluster.directory(options);
		Namespace natsHost = network.add(NATS, NATS_NUMBER);
		network.add(CLIENT, CLIENT_NUMBER);
		network.add(STRANGER, STRANGER_NUMBER);
		NatsProcess nats = NatsProcess.create(options, directory, Network.address(NATS_NUMBER), NATS_PORT, natsHost);
		NodeCommand command = new NodeCommand(options, directory, nats.url(), properties(properties));
		command = command.withBackend("0.0.0.0", (options.command() == LabOptions.Command.FAILOVER)
				? QuickBackend.prepare(command, directory) : List.of());
		List<Node> nodes = new ArrayList<>();
		for (int i = 0; i < 2; i++) {
			String name = "node-" + (char) ('a' + i);
			Namespace host = network.add(name, NODE_NUMBER + i);
			Path home = Files.createDirectories(directory.resolve(name));
			nodes.add(new Node(name, home, PORT, BACKEND_PORT, host.command(command.of(name, home, PORT, BACKEND_PORT)),
					new HostCalls(host)));
		}
		Cluster cluster = new Cluster(directory, options.keep() || options.directory() != null, List.copyOf(nodes),
				nats);
		Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "lab-cleanup"));
		Bed bed = new Bed(options, network, cluster);
		cluster.start(nats);
		return bed;
	}

	private static Map<String, String> properties(Map<String, String> further) {
		Map<String, String> properties = new LinkedHashMap<>();
		properties.put("vip.addresses", VIP + "/32");
		properties.put("vip.interface", Network.INTERFACE);
		properties.put("backend.stop-timeout", "2s");
		properties.put("backend.health.interval", "500ms");
		properties.put("backend.health.timeout", "1s");
		properties.putAll(further);
		return properties;
	}

	/**
	 * Starts the nodes and the client.
	 * @return the leader
	 */
	Node start() {
		Node first = this.cluster.nodes().get(0);
		this.cluster.start(first);
		this.client = ClientHost.start(this.network.host(CLIENT), VIP, BACKEND_PORT,
				this.cluster.directory().resolve("client.log"));
		this.cluster.start(this.cluster.other(first));
		return this.cluster.awaitLeader(START_TIMEOUT);
	}

	LabOptions options() {
		return this.options;
	}

	Network network() {
		return this.network;
	}

	Cluster cluster() {
		return this.cluster;
	}

	Namespace host(Node node) {
		return this.network.host(node.name());
	}

	/**
	 * Returns the hardware address of a node's host.
	 */
	String hardwareAddress(Node node) {
		return Network.hardwareAddress(NODE_NUMBER + this.cluster.nodes().indexOf(node));
	}

	static String strangerHardwareAddress() {
		return Network.hardwareAddress(STRANGER_NUMBER);
	}

	String address(Node node) {
		return Network.address(NODE_NUMBER + this.cluster.nodes().indexOf(node));
	}

	Ledger ledger() {
		if (this.client == null) {
			throw new LabException("the client has not been started");
		}
		return this.client.ledger();
	}

	AddressWatch addresses() {
		return this.addresses;
	}

	Traffic traffic() {
		return this.traffic;
	}

	BackendWatch backends() {
		return this.backends;
	}

	@Override
	public void close() {
		if (this.client != null) {
			this.client.close();
		}
		this.cluster.close();
		this.backends.close();
		this.sniffer.close();
		this.addresses.close();
		this.network.close();
	}

}
