package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * keepalived on the same hosts and with the same client. The backend runs on both hosts
 * all the time, each with a database of its own: only the address moves.
 */
final class Keepalived implements AutoCloseable {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	/** Long enough for the first elections to be over. */
	private static final long SETTLING_NANOS = 2_000_000_000;

	private static final int PORT = 3210;

	private static final String MASTER = "node-a";

	private static final String BACKUP = "node-b";

	private final Network network;

	private final Path directory;

	private final AddressWatch addresses = new AddressWatch(Bed.VIP);

	private final List<ChildProcess> processes = new ArrayList<>();

	private final ClientHost client;

	private Keepalived(LabOptions options, Network network, Path directory, String advertisement) throws IOException {
		this.network = network;
		this.directory = directory;
		NodeCommand command = new NodeCommand(options, directory, null, Map.of()).withBackend("0.0.0.0", List.of());
		start(options, command, MASTER, 1, config(advertisement, 150));
		start(options, command, BACKUP, 2, config(advertisement, 100));
		Namespace host = network.add(Bed.CLIENT, 20);
		this.client = ClientHost.start(host, Bed.VIP, PORT, directory.resolve("client.log"));
	}

	/**
	 * Starts two hosts and a client.
	 * @param options the command line
	 * @param directory where they live
	 * @param advertisement the lines of the configuration about advertisements
	 * @return the hosts, one of which is the master
	 */
	static Keepalived start(LabOptions options, Path directory, String advertisement) {
		Network network = Network.create(new IpCommand(options.ip()),
				"ha-lab-" + ProcessHandle.current().pid() + "-keepalived-");
		Runtime.getRuntime().addShutdownHook(new Thread(network::close, "lab-network"));
		try {
			return new Keepalived(options, network, Files.createDirectories(directory), advertisement);
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

	private static String config(String advertisement, int priority) {
		return """
				%s
				vrrp_instance lab {
					state BACKUP
					interface eth0
					virtual_router_id 77
					priority %d
					%s
					virtual_ipaddress {
						%s/32 dev eth0
					}
				}
				""".formatted(advertisement.isEmpty() ? "" : "global_defs {\n\tvrrp_version 3\n}", priority,
				advertisement, Bed.VIP);
	}

	private void start(LabOptions options, NodeCommand command, String name, int number, String config)
			throws IOException {
		Namespace host = this.network.add(name, number);
		this.addresses.watch(name, host);
		Path home = Files.createDirectories(this.directory.resolve(name));
		Files.createDirectories(home.resolve("tmp"));
		run(host, command.backend(home, home.resolve("data.db"), PORT), home, "backend.log");
		Path file = Files.writeString(home.resolve("keepalived.conf"), config);
		run(host,
				List.of(String.valueOf(options.keepalived()), "--dont-fork", "--log-console", "--vrrp", "--use-file",
						file.toString(), "--pid", home.resolve("keepalived.pid").toString(), "--vrrp_pid",
						home.resolve("vrrp.pid").toString()),
				home, "keepalived.log");
	}

	private void run(Namespace host, List<String> command, Path home, String log) {
		this.processes.add(ChildProcess.start(host.command(command), home, home.resolve(log), Map.of()));
	}

	/**
	 * Cuts the link of the master and heals it again.
	 * @return how long the client was not answered
	 */
	Duration cutLink() {
		Await.until("only " + MASTER + " has the virtual IP", TIMEOUT, this::tails,
				() -> this.addresses.holders().holders().equals(List.of(MASTER)));
		awaitService();
		LockSupport.parkNanos(SETTLING_NANOS);
		long struck = System.nanoTime();
		this.network.cut(MASTER);
		Await.until(BACKUP + " has the virtual IP", TIMEOUT, this::tails,
				() -> this.addresses.holders().timesBegunSince(BACKUP, struck) > 0);
		awaitService();
		Duration outage = Ledger.outage(this.client.ledger().byTime(), struck).duration();
		this.network.heal(MASTER);
		return outage;
	}

	private void awaitService() {
		long now = System.nanoTime();
		Await.until("the client is served", TIMEOUT, this::tails, () -> this.client.ledger().last() - now > 0);
	}

	private String tails() {
		return String.join("\n", this.processes.stream().map(ChildProcess::tail).toList());
	}

	@Override
	public void close() {
		this.client.close();
		this.processes.forEach(ChildProcess::kill);
		this.addresses.close();
		this.network.close();
	}

}
