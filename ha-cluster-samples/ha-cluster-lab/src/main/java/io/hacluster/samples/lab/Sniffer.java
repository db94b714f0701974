package io.hacluster.samples.lab;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HexFormat;

import org.jspecify.annotations.Nullable;

import io.hacluster.samples.lab.Traffic.Frame;
import io.hacluster.samples.lab.Traffic.Kind;

/**
 * Sees all frames of a host, both ways, and notes those that have to do with an address:
 * packet(7).
 */
final class Sniffer implements AutoCloseable {

	private static final int ETH_P_ALL = 3;

	private static final int ETH_P_IP = 0x0800;

	private static final int ETH_P_ARP = 0x0806;

	private static final int HARDWARE_LENGTH = 6;

	private static final int ETHERNET_HEADER = 14;

	private static final int ARP_SENDER = ETHERNET_HEADER + 14;

	private static final int ARP_SENDER_HARDWARE = ETHERNET_HEADER + 8;

	private static final int IP_SOURCE = ETHERNET_HEADER + 12;

	private static final int IP_DESTINATION = ETHERNET_HEADER + 16;

	private static final int SHORTEST = ETHERNET_HEADER + 20;

	private final int address;

	private final Traffic traffic;

	private final RawSocket socket;

	private Sniffer(String address, Traffic traffic, Namespace namespace) {
		this.address = number(address);
		this.traffic = traffic;
		// In network byte order, as the kernel expects it.
		this.socket = namespace.socket(LinuxCalls.AF_PACKET, Short.toUnsignedInt(Short.reverseBytes((short) ETH_P_ALL)),
				new byte[0], this::received);
	}

	static Sniffer start(String address, Traffic traffic, Namespace namespace) {
		return new Sniffer(address, traffic, namespace);
	}

	private static int number(String address) {
		try {
			return ByteBuffer.wrap(InetAddress.getByName(address).getAddress()).getInt();
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	private void received(ByteBuffer frame) {
		Kind kind = kind(frame, this.address);
		if (kind != null) {
			this.traffic.add(new Frame(this.socket.packetTime(), kind, peer(frame, kind)));
		}
	}

	/**
	 * Tells what a frame has to do with an address.
	 * @param frame the frame, from its Ethernet header on
	 * @param address the IPv4 address
	 * @return null if nothing
	 */
	static @Nullable Kind kind(ByteBuffer frame, int address) {
		if (frame.limit() < SHORTEST) {
			return null;
		}
		int type = Short.toUnsignedInt(frame.getShort(ETHERNET_HEADER - 2));
		if (type == ETH_P_ARP && frame.getInt(ARP_SENDER) == address) {
			return Kind.CLAIM;
		}
		if (type == ETH_P_IP && frame.getInt(IP_SOURCE) == address) {
			return Kind.ANSWER;
		}
		return (type == ETH_P_IP && frame.getInt(IP_DESTINATION) == address) ? Kind.REQUEST : null;
	}

	static String peer(ByteBuffer frame, Kind kind) {
		byte[] hardware = new byte[HARDWARE_LENGTH];
		frame.get(switch (kind) {
			case CLAIM -> ARP_SENDER_HARDWARE;
			case ANSWER -> HARDWARE_LENGTH;
			case REQUEST -> 0;
		}, hardware);
		return HexFormat.ofDelimiter(":").formatHex(hardware);
	}

	@Override
	public void close() {
		this.socket.close();
	}

}
