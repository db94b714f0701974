package io.hacluster.vip.announce;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collection;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import org.jspecify.annotations.Nullable;

import io.hacluster.vip.Link;
import io.hacluster.vip.MacAddress;
import io.hacluster.vip.VirtualIpException;

/**
 * A packet socket: what is above the Ethernet header is ours, that header is the
 * kernel's. Never blocks. Not thread-safe.
 */
final class PacketSocket implements AutoCloseable {

	private static final int SOCK_DGRAM = 2;

	private static final int SOCK_CLOEXEC = 0x80000;

	private static final int MSG_DONTWAIT = 0x40;

	private static final int SOL_SOCKET = 1;

	private static final int SO_ATTACH_FILTER = 26;

	private static final int SOL_PACKET = 263;

	private static final int PACKET_ADD_MEMBERSHIP = 1;

	private static final int PACKET_MR_MULTICAST = 0;

	private static final short POLLIN = 1;

	private static final int SIZEOF_POLLFD = 8;

	private static final int SIZEOF_PACKET_MREQ = 16;

	private static final MacAddress ANY = new MacAddress(0);

	private final SocketLibrary library;

	private final int descriptor;

	private final byte[] received = new byte[2048];

	private final byte[] sender = new byte[LinkAddress.LENGTH];

	private PacketSocket(SocketLibrary library, int descriptor) {
		this.library = library;
		this.descriptor = descriptor;
	}

	/**
	 * Opens a socket that only sends, by any interface.
	 * @return the socket
	 * @throws VirtualIpException if this process may not
	 */
	static PacketSocket open() {
		SocketLibrary library = Native.load(Platform.C_LIBRARY_NAME, SocketLibrary.class);
		try {
			return new PacketSocket(library, library.socket(LinkAddress.AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
		}
		catch (LastErrorException ex) {
			throw PacketFailure.ofOpening(ex);
		}
	}

	/**
	 * Lets only the packets through that a program accepts, from {@link #listen} on.
	 * @param filter the program
	 */
	void attach(PacketFilter filter) {
		try (Memory instructions = filter.instructions(); Memory program = new Memory(Native.POINTER_SIZE * 2L)) {
			program.clear();
			program.setShort(0, filter.length());
			program.setPointer(Native.POINTER_SIZE, instructions);
			this.library.setsockopt(this.descriptor, SOL_SOCKET, SO_ATTACH_FILTER, program, (int) program.size());
		}
		catch (LastErrorException ex) {
			throw PacketFailure.of("listen", ex);
		}
	}

	/**
	 * Begins to receive what arrives at an interface.
	 * @param link the interface
	 * @param protocol the EtherType
	 */
	void listen(Link link, int protocol) {
		try {
			this.library.bind(this.descriptor, new LinkAddress(protocol, link.index(), ANY).encode(),
					LinkAddress.LENGTH);
		}
		catch (LastErrorException ex) {
			throw PacketFailure.of("listen on " + link.name(), ex);
		}
	}

	/**
	 * Has the interface accept what is sent to a group, until this is closed.
	 * @param link the interface
	 * @param group the group
	 */
	void join(Link link, MacAddress group) {
		try (Memory request = new Memory(SIZEOF_PACKET_MREQ)) {
			request.clear();
			request.setInt(0, link.index());
			request.setShort(4, (short) PACKET_MR_MULTICAST);
			request.setShort(6, (short) MacAddress.LENGTH);
			request.write(8, group.bytes(), 0, MacAddress.LENGTH);
			this.library.setsockopt(this.descriptor, SOL_PACKET, PACKET_ADD_MEMBERSHIP, request, SIZEOF_PACKET_MREQ);
		}
		catch (LastErrorException ex) {
			throw PacketFailure.of("join a multicast group on " + link.name(), ex);
		}
	}

	/**
	 * Sends a packet.
	 * @param link the interface
	 * @param packet the packet
	 * @throws VirtualIpException if the kernel does not take it
	 */
	void send(Link link, OutgoingPacket packet) {
		byte[] bytes = packet.bytes();
		byte[] address = new LinkAddress(packet.protocol(), link.index(), packet.destination()).encode();
		try {
			this.library.sendto(this.descriptor, bytes, bytes.length, MSG_DONTWAIT, address, address.length);
		}
		catch (LastErrorException ex) {
			throw PacketFailure.of("send on " + link.name(), ex);
		}
	}

	/**
	 * Returns the next packet that has arrived.
	 * @return the packet, valid until the next call, or {@code null} if there is none
	 * @throws VirtualIpException if the interface is down or gone
	 */
	@Nullable ByteBuffer receive() {
		try {
			Arrays.fill(this.sender, (byte) 0);
			long length = this.library.recvfrom(this.descriptor, this.received, this.received.length, MSG_DONTWAIT,
					this.sender, new int[] { LinkAddress.LENGTH });
			return ByteBuffer.wrap(this.received, 0, (int) length).slice();
		}
		catch (LastErrorException ex) {
			if (PacketFailure.isTemporary(ex)) {
				return null;
			}
			throw PacketFailure.of("receive", ex);
		}
	}

	/**
	 * Returns who has sent the packet that was received last.
	 * @return the source in its Ethernet header
	 */
	MacAddress sender() {
		return LinkAddress.macIn(this.sender);
	}

	/**
	 * Waits until one of several sockets has something to receive, or has failed.
	 * @param sockets the sockets
	 * @param milliseconds how long at most
	 */
	static void await(Collection<PacketSocket> sockets, int milliseconds) {
		try (Memory polled = new Memory((long) SIZEOF_POLLFD * sockets.size())) {
			polled.clear();
			SocketLibrary library = null;
			int offset = 0;
			for (PacketSocket socket : sockets) {
				polled.setInt(offset, socket.descriptor);
				polled.setShort(offset + 4, POLLIN);
				offset += SIZEOF_POLLFD;
				library = socket.library;
			}
			if (library != null) {
				library.poll(polled, sockets.size(), milliseconds);
			}
		}
		catch (LastErrorException ex) {
			if (!PacketFailure.isTemporary(ex)) {
				throw PacketFailure.of("wait for packets", ex);
			}
		}
	}

	int descriptor() {
		return this.descriptor;
	}

	@Override
	public void close() {
		try {
			this.library.close(this.descriptor);
		}
		catch (LastErrorException ex) {
			throw PacketFailure.of("close", ex);
		}
	}

}
