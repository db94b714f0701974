package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Two machines with a systemd of their own on which the sample is installed as its README
 * says, one host with the NATS server, and one with a client that appends rows through
 * the virtual IP. Closing it leaves nothing behind.
 */
final class MachineBed implements AutoCloseable {

	static final String MANAGER = "ha-cluster-manager.service";

	static final String BACKEND = "convex-backend.service";

	static final Duration LEASE = Duration.ofSeconds(3);

	/** What the drop-in of the manager allows for this lease. */
	static final Duration WATCHDOG = Duration.ofMillis(1200);

	static final Duration PATIENCE = Duration.ofSeconds(90);

	private static final long POLL_NANOS = 200_000_000;

	/** More than a client sends until it gives a request up. */
	private static final long UNSETTLED = 300;

	private static final int PORT = 8080;

	private static final int BACKEND_PORT = 3210;

	private static final String INSTALLED = "/opt/convex/";

	private static final String BACKEND_JAR = "ha-cluster-sample-backend";

	private static final String MANAGER_JAR = "ha-cluster-sample-manager";

	private static final String STATE = "/var/lib/convex";

	private final Path directory;

	private final Network network;

	private final List<Machine> machines = new ArrayList<>();

	private final Map<Machine, Node> nodes = new LinkedHashMap<>();

	private final AddressWatch addresses = new AddressWatch(Bed.VIP);

	private final List<AutoCloseable> others = new ArrayList<>();

	private final Thread hook = new Thread(this::remove, "lab-machines");

	private BackendWatch backends;

	private ClientHost client;

	private MachineBed(Path directory) {
		this.directory = directory;
		this.network = Network.create(new IpCommand(Script.path("iproute2").toString()),
				"ha-lab-" + ProcessHandle.current().pid() + "-m-");
		Runtime.getRuntime().addShutdownHook(this.hook);
	}

	/**
	 * Lays out the hosts, installs what they run, and starts the NATS server. The
	 * machines are switched off.
	 * @param directory where their disks are
	 */
	static MachineBed create(Path directory) throws IOException {
		MachineBed bed = new MachineBed(directory);
		try {
			bed.layOut();
			return bed;
		}
		catch (IOException | RuntimeException ex) {
			bed.close();
			throw ex;
		}
	}

	private void layOut() throws IOException {
		LabOptions options = LabOptions.parse(List.of("--nats-server", Script.path("nats-server").toString(),
				"--manager", Script.jar(MANAGER_JAR).toString(), "--backend", Script.jar(BACKEND_JAR).toString()));
		NatsProcess nats = NatsProcess.create(options, this.directory, Network.address(10), 4222,
				this.network.add(Bed.NATS, 10));
		this.network.add(Bed.CLIENT, 20);
		Map<String, String> ids = new LinkedHashMap<>();
		for (int i = 0; i < 2; i++) {
			Machine machine = install("node-" + (char) ('a' + i), Network.address(1 + i));
			this.machines.add(machine);
			this.addresses.watch(machine.name(), machine.host());
			ids.put(machine.host().id(), machine.name());
		}
		this.backends = new BackendWatch(Path.of(INSTALLED + BACKEND_JAR + ".jar"), ids);
		nats.start();
		this.others.add(nats::destroy);
		nats.awaitReady();
	}

	private Machine install(String name, String address) throws IOException {
		Namespace host = this.network.add(name, (name.endsWith("a")) ? 1 : 2);
		Path home = Files.createDirectories(this.directory.resolve(name));
		Path state = Files.createDirectories(home.resolve("convex"));
		Machine machine = new Machine(name, address, this.network, home);
		machine.share(state, STATE);
		machine.mount(Script.jar(MANAGER_JAR), INSTALLED + MANAGER_JAR + ".jar");
		machine.mount(Script.jar(BACKEND_JAR), INSTALLED + BACKEND_JAR + ".jar");
		machine.mount(Script.jar(BACKEND_JAR).resolveSibling("lib"), INSTALLED + "lib");
		JavaHome.mount(machine);
		Path sample = Script.project().resolve("ha-cluster-samples").resolve(MANAGER_JAR).resolve("systemd/etc");
		copy(sample, machine.disk("/etc"));
		Path configuration = machine.disk("/etc/convex/");
		Files.writeString(configuration.resolve("manager.env"), """
				HA_CLUSTER_NODEID=%s
				SERVER_ADDRESS=0.0.0.0
				SERVER_PORT=%d
				JAVA_OPTIONS=-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1
				HA_CLUSTER_ELECTION_LEASEDURATION=%dms
				HA_CLUSTER_ELECTION_RENEWINTERVAL=%dms
				HA_CLUSTER_BACKEND_STOPTIMEOUT=5s
				HA_CLUSTER_BACKEND_HEALTH_INTERVAL=500ms
				HA_CLUSTER_BACKEND_HEALTH_TIMEOUT=1s
				HA_CLUSTER_BACKEND_SUPERVISION_MAXRESTARTS=1
				HA_CLUSTER_BACKEND_SUPERVISION_COOLING=3s
				MANAGEMENT_ENDPOINT_LEADER_ACCESS=unrestricted
				""".formatted(name, PORT, LEASE.toMillis(), LEASE.toMillis() / 4));
		Files.writeString(configuration.resolve("backend.env"), "JAVA_OPTIONS=-Xmx64m -XX:+UseSerialGC\n");
		Path units = machine.disk("/etc/systemd/system");
		Path dropIn = Files.createDirectories(units.resolve(MANAGER + ".d"));
		Files.writeString(dropIn.resolve("lab.conf"), "[Service]\nWatchdogSec=" + WATCHDOG.toMillis() + "ms\n");
		// systemctl enable
		Path wanted = Files.createDirectories(units.resolve("multi-user.target.wants"));
		Files.createSymbolicLink(wanted.resolve(MANAGER), Path.of("../" + MANAGER));
		this.nodes.put(machine, new Node(name, state, PORT, BACKEND_PORT, List.of(), new HostCalls(host)));
		return machine;
	}

	private static void copy(Path from, Path to) throws IOException {
		try (Stream<Path> paths = Files.walk(from)) {
			for (Path path : paths.toList()) {
				Path target = to.resolve(from.relativize(path).toString());
				if (Files.isDirectory(path)) {
					Files.createDirectories(target);
				}
				else {
					Files.copy(path, target);
				}
			}
		}
	}

	/**
	 * Switches both machines on and starts the client.
	 */
	void start() {
		this.machines.parallelStream().forEach(Machine::boot);
		this.client = ClientHost.start(this.network.host(Bed.CLIENT), Bed.VIP, BACKEND_PORT,
				this.directory.resolve("client.log"));
		this.others.add(this.client);
	}

	Machine other(Machine machine) {
		return (this.machines.get(0) == machine) ? this.machines.get(1) : this.machines.get(0);
	}

	Node node(Machine machine) {
		Node node = this.nodes.get(machine);
		if (node == null) {
			throw new IllegalArgumentException(machine.name());
		}
		return node;
	}

	Ledger ledger() {
		return this.client.ledger();
	}

	Timeline addresses() {
		return this.addresses.holders();
	}

	Timeline backends() {
		return this.backends.runs();
	}

	static boolean runsBackend(Machine machine) {
		return "active".equals(machine.show(BACKEND, "ActiveState"));
	}

	boolean holdsVip(Machine machine) {
		return this.addresses.holders().holds(machine.name());
	}

	/**
	 * Waits until one machine leads with everything and the other one has none of it, but
	 * all rows, and would take over.
	 * @return the machine of the leader
	 */
	Machine awaitWhole() {
		return Await.value("one machine leads and the other one follows with the same rows", PATIENCE, this::tails,
				() -> {
					LockSupport.parkNanos(POLL_NANOS);
					long last = ledger().lastId();
					return this.machines.stream().filter((machine) -> isWhole(machine, last)).findFirst().orElse(null);
				});
	}

	private boolean isWhole(Machine machine, long last) {
		Machine other = other(machine);
		return node(machine).isLeader() && holdsVip(machine) && !holdsVip(other) && runsBackend(machine)
				&& node(other).isCandidate() && !runsBackend(other) && node(other).replicates(last);
	}

	/**
	 * Waits until a machine has taken the virtual IP and serves the client.
	 * @param machine the machine
	 * @param since since when it must have taken it, as {@link System#nanoTime()}
	 */
	void awaitServedBy(Machine machine, long since) {
		Await.until(machine.name() + " has taken the virtual IP", PATIENCE, this::tails,
				() -> addresses().timesBegunSince(machine.name(), since) > 0 && runsBackend(machine));
		long now = System.nanoTime();
		Await.until(machine.name() + " serves the client", PATIENCE, this::tails, () -> ledger().last() - now > 0);
	}

	/**
	 * Returns the rows that have been acknowledged and are not in the database of the
	 * leader.
	 * @param leader the machine that leads
	 * @return their numbers
	 */
	Set<Long> lost(Machine leader) {
		// First, for what is acknowledged meanwhile may come after the look.
		List<Ledger.Entry> acknowledged = ledger().byTime();
		Rows rows = rows(node(leader).database());
		return acknowledged.stream()
			.map(Ledger.Entry::id)
			.filter((id) -> !rows.holds(id))
			.collect(Collectors.toCollection(TreeSet::new));
	}

	/**
	 * Compares the database of the leader with the replica of the follower.
	 * @param leader the machine that leads
	 * @return what differs in words
	 */
	List<String> differences(Machine leader) {
		Rows replica = rows(node(other(leader)).replica());
		Rows rows = rows(node(leader).database());
		long last = replica.payloads().lastKey() - UNSETTLED;
		return rows.upTo(last).differences(replica.upTo(last));
	}

	/**
	 * Reads the rows of a file, after a check of the whole of it.
	 */
	private static Rows rows(Path file) {
		try (DatabaseFile database = DatabaseFile.open(file)) {
			String integrity = database.integrity();
			if (!"ok".equals(integrity)) {
				throw new LabException(file + ": " + integrity);
			}
			return database.rows();
		}
		catch (SQLException ex) {
			throw new LabException("cannot read " + file, ex);
		}
	}

	String tails() {
		return String.join("\n", this.machines.stream().map(Machine::tail).toList());
	}

	@Override
	public void close() {
		remove();
		Runtime.getRuntime().removeShutdownHook(this.hook);
	}

	private void remove() {
		for (AutoCloseable other : this.others) {
			closeQuietly(other);
		}
		this.machines.forEach(MachineBed::closeQuietly);
		if (this.backends != null) {
			this.backends.close();
		}
		this.addresses.close();
		this.network.close();
	}

	private static void closeQuietly(AutoCloseable closeable) {
		try {
			closeable.close();
		}
		catch (Exception ex) {
			System.err.println("could not be closed: " + ex.getMessage());
		}
	}

}
