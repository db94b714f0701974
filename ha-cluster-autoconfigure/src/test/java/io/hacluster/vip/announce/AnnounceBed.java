package io.hacluster.vip.announce;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import io.hacluster.test.NetworkNamespace;
import io.hacluster.vip.Link;
import io.hacluster.vip.MacAddress;

/**
 * Hosts on one switch, each with an interface {@code eth0}: {@code a} and {@code b},
 * which hold a virtual IP in turn, and a {@code client}.
 */
final class AnnounceBed implements AutoCloseable {

	static final String INTERFACE = "eth0";

	static final InetAddress IPV4 = address("10.7.0.100");

	static final InetAddress IPV6 = address("fd07::100");

	static final int PORT = 7;

	private final List<DatagramSocket> sockets = new ArrayList<>();

	private final List<NetworkNamespace> all = new ArrayList<>();

	private final NetworkNamespace bridge = add(NetworkNamespace.bridge("arp-br"));

	private final NetworkNamespace a = host("a", 1);

	private final NetworkNamespace b = host("b", 2);

	private final NetworkNamespace client = host("client", 9);

	AnnounceBed() throws Exception {
		serve(this.a);
		serve(this.b);
	}

	NetworkNamespace bridge() {
		return this.bridge;
	}

	NetworkNamespace a() {
		return this.a;
	}

	NetworkNamespace b() {
		return this.b;
	}

	NetworkNamespace client() {
		return this.client;
	}

	/**
	 * Gives a host an address, in the way in which the kernel announces nothing.
	 */
	void hold(NetworkNamespace host, InetAddress address) {
		host.ip("addr", "add", cidr(address), "dev", INTERFACE, "nodad");
	}

	void drop(NetworkNamespace host, InetAddress address) {
		host.ip("addr", "del", cidr(address), "dev", INTERFACE);
	}

	void announce(NetworkNamespace host, InetAddress... addresses) throws Exception {
		host.call(() -> {
			try (PacketAnnouncer announcer = new PacketAnnouncer()) {
				announcer.announce(link(host), List.of(addresses));
			}
			return null;
		});
	}

	Link link(NetworkNamespace host) {
		return link(host, INTERFACE);
	}

	Link link(NetworkNamespace host, String name) {
		String line = host.ip("-o", "link", "show", "dev", name);
		String mac = line.replaceFirst("(?s).*link/\\w+ (\\S+) .*", "$1");
		return new Link(Integer.parseInt(line.substring(0, line.indexOf(':'))), name,
				MacAddress.of(HexFormat.ofDelimiter(":").parseHex(mac)), true);
	}

	String mac(NetworkNamespace host) {
		return link(host).mac().toString();
	}

	/**
	 * Returns what a host believes about an address.
	 * @return the line of {@code ip neigh}
	 */
	String neighbor(NetworkNamespace host, InetAddress address) {
		return host.ip("neigh", "show", "to", address.getHostAddress(), "dev", INTERFACE);
	}

	/**
	 * Asks by UDP who has an address.
	 * @return the name of the host that answered, or nothing if none did in time
	 */
	Optional<String> whoAnswers(InetAddress address, Duration timeout) throws Exception {
		try (DatagramSocket socket = this.client.call(() -> new DatagramSocket())) {
			socket.setSoTimeout((int) timeout.toMillis());
			socket.send(new DatagramPacket(new byte[1], 1, address, PORT));
			DatagramPacket answer = new DatagramPacket(new byte[100], 100);
			socket.receive(answer);
			return Optional.of(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII));
		}
		catch (SocketTimeoutException ex) {
			return Optional.empty();
		}
	}

	/**
	 * Has a host answer with its name, from whichever of its addresses.
	 */
	private void serve(NetworkNamespace host) throws Exception {
		DatagramSocket socket = host.call(() -> new DatagramSocket(PORT));
		this.sockets.add(socket);
		Thread thread = new Thread(() -> {
			byte[] name = host.name().getBytes(StandardCharsets.US_ASCII);
			try {
				while (true) {
					DatagramPacket question = new DatagramPacket(new byte[1], 1);
					socket.receive(question);
					socket.send(new DatagramPacket(name, name.length, question.getSocketAddress()));
				}
			}
			catch (IOException ex) {
				// Closed.
			}
		}, "ha-echo-" + host.name());
		thread.setDaemon(true);
		thread.start();
	}

	private NetworkNamespace host(String name, int number) {
		NetworkNamespace host = add(NetworkNamespace.host("arp-" + name));
		host.connect(INTERFACE, this.bridge, "10.7.0." + number + "/24", "fd07::" + number + "/64");
		return host;
	}

	private NetworkNamespace add(NetworkNamespace namespace) {
		this.all.add(0, namespace);
		return namespace;
	}

	@Override
	public void close() {
		this.sockets.forEach(DatagramSocket::close);
		this.all.forEach(NetworkNamespace::close);
	}

	static InetAddress address(String text) {
		try {
			return InetAddress.getByName(text);
		}
		catch (Exception ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	private static String cidr(InetAddress address) {
		return address.getHostAddress() + "/" + address.getAddress().length * Byte.SIZE;
	}

}
