package io.hacluster.samples.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Hosts on one Ethernet: network namespaces joined to a bridge. The bridge has a
 * namespace of its own, because on this machine a firewall might look at what crosses
 * bridges.
 */
final class Network implements AutoCloseable {

	static final String INTERFACE = "eth0";

	private static final String SUBNET = "10.77.0.";

	private final IpCommand ip;

	private final String prefix;

	private final Map<String, Namespace> hosts = new LinkedHashMap<>();

	private final Namespace bridge;

	private boolean closed;

	private Network(IpCommand ip, String prefix) {
		this.ip = ip;
		this.prefix = prefix;
		this.bridge = Namespace.create(ip, prefix + "bridge");
	}

	/**
	 * Makes a network without hosts.
	 * @param ip the command
	 * @param prefix what the names of the namespaces begin with
	 * @return the network
	 */
	static Network create(IpCommand ip, String prefix) {
		Namespace.removeAll(ip, prefix);
		Network network = new Network(ip, prefix);
		try {
			network.bridge.ip("link", "add", "br0", "type", "bridge", "stp_state", "0", "forward_delay", "0",
					"mcast_snooping", "0");
			network.bridge.ip("link", "set", "br0", "up");
			return network;
		}
		catch (RuntimeException ex) {
			network.close();
			throw ex;
		}
	}

	static String address(int number) {
		return SUBNET + number;
	}

	/**
	 * Returns the hardware address of a host.
	 * @param number the last part of its address
	 * @return six bytes in hexadecimal, with colons
	 */
	static String hardwareAddress(int number) {
		return String.format(Locale.ROOT, "02:00:00:4d:00:%02x", number);
	}

	/**
	 * Adds a host.
	 * @param name its name
	 * @param number the last part of its address
	 * @return its namespace
	 */
	synchronized Namespace add(String name, int number) {
		if (this.closed) {
			throw new LabException("the network has been removed");
		}
		Namespace host = Namespace.create(this.ip, this.prefix + name);
		this.hosts.put(name, host);
		this.bridge.ip("link", "add", name, "type", "veth", "peer", "name", INTERFACE, "address",
				hardwareAddress(number), "netns", host.name());
		this.bridge.ip("link", "set", name, "master", "br0", "up");
		host.ip("address", "add", address(number) + "/24", "dev", INTERFACE);
		host.ip("link", "set", INTERFACE, "up");
		return host;
	}

	/**
	 * Takes the cable of a host out of the switch.
	 * @param name its name
	 */
	void cut(String name) {
		this.bridge.ip("link", "set", name, "down");
	}

	/**
	 * Puts the cable of a host in again.
	 * @param name its name
	 */
	void heal(String name) {
		this.bridge.ip("link", "set", name, "up");
	}

	Namespace host(String name) {
		Namespace host = this.hosts.get(name);
		if (host == null) {
			throw new LabException("there is no host " + name);
		}
		return host;
	}

	@Override
	public synchronized void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		List<Namespace> namespaces = new ArrayList<>(this.hosts.values());
		namespaces.add(this.bridge);
		namespaces.forEach(Namespace::close);
	}

}
