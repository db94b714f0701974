package io.hacluster.vip;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The addresses of this host as the kernel has them. Opens its socket when it is first
 * used. Not thread-safe.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/rtnetlink.7.html">rtnetlink(7)</a>
 */
final class RtnetlinkTable implements AddressTable {

	/**
	 * The mark of our addresses (IFA_PROTO, since Linux 5.18), which {@code ip addr}
	 * shows as "proto 0x48". The kernel itself uses 1 to 3.
	 */
	static final byte PROTOCOL = 0x48;

	/**
	 * The same for IPv4 on any kernel: what is added to the name of the interface.
	 */
	static final String LABEL_SUFFIX = ":ha";

	private static final int MAX_LABEL = 15;

	private static final int RTM_NEWADDR = 20;

	private static final int RTM_DELADDR = 21;

	private static final int RTM_GETADDR = 22;

	private static final int RTM_NEWLINK = 16;

	private static final int RTM_GETLINK = 18;

	private static final int RTM_GETROUTE = 26;

	private static final int SIZEOF_RTMSG = 12;

	private static final int RTA_DST = 1;

	private static final int RTA_OIF = 4;

	private static final int RTA_GATEWAY = 5;

	private static final int RTA_VIA = 18;

	private static final byte RTN_UNICAST = 1;

	private static final int FLAG_REPLACE = 0x100;

	private static final int FLAG_CREATE = 0x400;

	private static final int AF_UNSPEC = 0;

	private static final int AF_INET = 2;

	private static final int AF_INET6 = 10;

	private static final int IFA_ADDRESS = 1;

	private static final int IFA_LOCAL = 2;

	private static final int IFA_LABEL = 3;

	private static final int IFA_CACHEINFO = 6;

	private static final int IFA_FLAGS = 8;

	private static final int IFA_PROTO = 11;

	private static final int IFA_F_NODAD = 0x02;

	private static final int IFA_F_PERMANENT = 0x80;

	private static final int IFA_F_NOPREFIXROUTE = 0x200;

	private static final int SIZEOF_IFADDRMSG = 8;

	private static final int SIZEOF_IFINFOMSG = 16;

	private static final int IFLA_ADDRESS = 1;

	private static final int IFLA_IFNAME = 3;

	private static final int IFF_UP = 0x1;

	private static final int IFF_LOOPBACK = 0x8;

	private static final int IFF_NOARP = 0x80;

	private static final int IFF_LOWER_UP = 0x10000;

	private static final int ARPHRD_ETHER = 1;

	private @Nullable NetlinkSocket socket;

	@Override
	public Optional<Link> link(String name) throws IOException {
		byte[] fixed = new byte[SIZEOF_IFINFOMSG];
		try {
			for (NetlinkMessage message : socket().request(RTM_GETLINK, 0, fixed,
					Map.of(IFLA_IFNAME, (name + '\0').getBytes(StandardCharsets.UTF_8)))) {
				if (message.type() == RTM_NEWLINK) {
					return Optional.of(link(message));
				}
			}
		}
		catch (NetlinkException ex) {
			if (ex.errno() != NetlinkException.ENODEV) {
				throw ex;
			}
		}
		return Optional.empty();
	}

	/**
	 * Reads RTM_NEWLINK or RTM_DELLINK.
	 */
	static Link link(NetlinkMessage message) {
		ByteBuffer body = message.body();
		int flags = body.getInt(8);
		Map<Integer, byte[]> attributes = message.attributes(SIZEOF_IFINFOMSG);
		byte[] hardware = attributes.get(IFLA_ADDRESS);
		boolean neighbours = Short.toUnsignedInt(body.getShort(2)) == ARPHRD_ETHER
				&& (flags & (IFF_LOOPBACK | IFF_NOARP)) == 0;
		return new Link(body.getInt(4), NetlinkMessage.text(attributes.getOrDefault(IFLA_IFNAME, new byte[0])),
				(neighbours && hardware != null && hardware.length == MacAddress.LENGTH) ? MacAddress.of(hardware)
						: null,
				(flags & IFF_UP) != 0 && (flags & IFF_LOWER_UP) != 0);
	}

	@Override
	public List<AssignedAddress> addresses() throws IOException {
		List<AssignedAddress> addresses = new ArrayList<>();
		for (NetlinkMessage message : socket().dump(RTM_GETADDR, addressHeader(AF_UNSPEC, 0, 0))) {
			AssignedAddress address = (message.type() == RTM_NEWADDR) ? address(message) : null;
			if (address != null) {
				addresses.add(address);
			}
		}
		return addresses;
	}

	/**
	 * Reads RTM_NEWADDR or RTM_DELADDR.
	 * @return the address, {@code null} if it is of another family
	 */
	static @Nullable AssignedAddress address(NetlinkMessage message) throws IOException {
		ByteBuffer body = message.body();
		int family = Byte.toUnsignedInt(body.get(0));
		if (family != AF_INET && family != AF_INET6) {
			return null;
		}
		Map<Integer, byte[]> attributes = message.attributes(SIZEOF_IFADDRMSG);
		byte[] local = attributes.getOrDefault(IFA_LOCAL, attributes.get(IFA_ADDRESS));
		int prefixLength = Byte.toUnsignedInt(body.get(1));
		if (local == null || prefixLength == 0) {
			return null;
		}
		byte[] flagsAttribute = attributes.get(IFA_FLAGS);
		int flags = (flagsAttribute != null) ? NetlinkMessage.number(flagsAttribute) : Byte.toUnsignedInt(body.get(2));
		byte[] protocol = attributes.get(IFA_PROTO);
		String label = NetlinkMessage.text(attributes.getOrDefault(IFA_LABEL, new byte[0]));
		return new AssignedAddress(body.getInt(4), new CidrAddress(InetAddress.getByAddress(local), prefixLength),
				(flags & IFA_F_PERMANENT) != 0,
				(protocol != null && protocol[0] == PROTOCOL) || label.endsWith(LABEL_SUFFIX));
	}

	@Override
	public List<CidrAddress> routes(int link) throws IOException {
		List<CidrAddress> subnets = new ArrayList<>();
		for (int family : new int[] { AF_INET, AF_INET6 }) {
			byte[] fixed = new byte[SIZEOF_RTMSG];
			fixed[0] = (byte) family;
			for (NetlinkMessage message : socket().dump(RTM_GETROUTE, fixed)) {
				Map<Integer, byte[]> attributes = message.attributes(SIZEOF_RTMSG);
				byte[] subnet = attributes.get(RTA_DST);
				byte[] output = attributes.get(RTA_OIF);
				boolean gateway = attributes.containsKey(RTA_GATEWAY) || attributes.containsKey(RTA_VIA);
				int prefixLength = Byte.toUnsignedInt(message.body().get(1));
				if (message.body().get(7) == RTN_UNICAST && subnet != null && prefixLength > 0 && !gateway
						&& output != null && NetlinkMessage.number(output) == link) {
					subnets.add(new CidrAddress(InetAddress.getByAddress(subnet), prefixLength));
				}
			}
		}
		return subnets;
	}

	@Override
	public void put(Link link, CidrAddress address, long seconds) throws IOException {
		Map<Integer, byte[]> attributes = new LinkedHashMap<>();
		byte[] value = address.address().getAddress();
		attributes.put(IFA_LOCAL, value);
		attributes.put(IFA_ADDRESS, value);
		attributes.put(IFA_PROTO, new byte[] { PROTOCOL });
		int valid = (int) Math.min(seconds, Integer.MAX_VALUE);
		if (address.isIpv4()) {
			String label = link.name() + LABEL_SUFFIX;
			if (label.length() <= MAX_LABEL) {
				attributes.put(IFA_LABEL, (label + '\0').getBytes(StandardCharsets.UTF_8));
			}
			attributes.put(IFA_CACHEINFO, lifetimes(valid, valid));
		}
		else {
			// Deprecated from the beginning: it serves whoever comes to it, but is not
			// chosen as the source of connections that this host opens (RFC 6724).
			attributes.put(IFA_CACHEINFO, lifetimes(0, valid));
			attributes.put(IFA_FLAGS, number(IFA_F_NODAD | IFA_F_NOPREFIXROUTE));
		}
		socket().request(RTM_NEWADDR, FLAG_CREATE | FLAG_REPLACE, addressHeader(address, link.index()), attributes);
	}

	@Override
	public boolean remove(int link, CidrAddress address) throws IOException {
		byte[] value = address.address().getAddress();
		try {
			socket().request(RTM_DELADDR, 0, addressHeader(address, link),
					Map.of(IFA_LOCAL, value, IFA_ADDRESS, value));
			return true;
		}
		catch (NetlinkException ex) {
			if (ex.errno() == NetlinkException.EADDRNOTAVAIL || ex.errno() == NetlinkException.ENODEV) {
				return false;
			}
			throw ex;
		}
	}

	@Override
	public void close() {
		if (this.socket != null) {
			this.socket.close();
			this.socket = null;
		}
	}

	private NetlinkSocket socket() throws NetlinkException {
		NetlinkSocket socket = this.socket;
		if (socket == null) {
			socket = new NetlinkSocket(LinuxCalls.load(), 0);
			this.socket = socket;
		}
		return socket;
	}

	private static byte[] addressHeader(CidrAddress address, int link) {
		return addressHeader(address.isIpv4() ? AF_INET : AF_INET6, address.prefixLength(), link);
	}

	private static byte[] addressHeader(int family, int prefixLength, int link) {
		return ByteBuffer.allocate(SIZEOF_IFADDRMSG)
			.order(ByteOrder.nativeOrder())
			.put((byte) family)
			.put((byte) prefixLength)
			.putInt(4, link)
			.array();
	}

	private static byte[] lifetimes(int preferred, int valid) {
		return ByteBuffer.allocate(4 * Integer.BYTES)
			.order(ByteOrder.nativeOrder())
			.putInt(preferred)
			.putInt(valid)
			.array();
	}

	private static byte[] number(int value) {
		return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array();
	}

}
