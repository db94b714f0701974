package io.hacluster.vip;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.sun.jna.LastErrorException;

/**
 * A socket of the kernel's routing protocol, on which questions are asked one after the
 * other. Kept open, so that an address can be given up also when no more files can be
 * opened. Not thread-safe.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/rtnetlink.7.html">rtnetlink(7)</a>
 */
final class NetlinkSocket implements AutoCloseable {

	private static final int AF_NETLINK = 16;

	private static final int SOCK_RAW_CLOEXEC = 0x80003;

	private static final int NETLINK_ROUTE = 0;

	private static final int SOL_SOCKET = 1;

	private static final int SO_RCVTIMEO = 20;

	private static final int SOL_NETLINK = 270;

	private static final int NETLINK_EXT_ACK = 11;

	private static final int FLAG_ACK = 4;

	private static final int FLAG_DUMP = 0x300;

	private static final int FLAG_ACK_TLVS = 0x200;

	private static final int FLAG_CAPPED = 0x100;

	private static final int ATTRIBUTE_MESSAGE = 1;

	private static final int BUFFER = 64 * 1024;

	private static final long TIMEOUT_SECONDS = 2;

	private static final int DUMPS = 5;

	private final LinuxCalls calls;

	private final int descriptor;

	private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER).order(ByteOrder.nativeOrder());

	private int sequence;

	/**
	 * Opens the socket.
	 * @param calls the C library
	 * @param groups bits of the multicast groups to listen to, 0 for none
	 * @throws NetlinkException if the system refuses
	 */
	NetlinkSocket(LinuxCalls calls, int groups) throws NetlinkException {
		this.calls = calls;
		try {
			this.descriptor = calls.socket(AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE);
		}
		catch (LastErrorException ex) {
			throw failure("open a netlink socket", ex);
		}
		try {
			byte[] timeout = ByteBuffer.allocate(16)
				.order(ByteOrder.nativeOrder())
				.putLong(TIMEOUT_SECONDS)
				.putLong(0)
				.array();
			calls.setsockopt(this.descriptor, SOL_SOCKET, SO_RCVTIMEO, timeout, timeout.length);
			calls.setsockopt(this.descriptor, SOL_NETLINK, NETLINK_EXT_ACK, number(1), Integer.BYTES);
			byte[] address = ByteBuffer.allocate(12)
				.order(ByteOrder.nativeOrder())
				.putShort((short) AF_NETLINK)
				.putInt(8, groups)
				.array();
			calls.bind(this.descriptor, address, address.length);
		}
		catch (LastErrorException ex) {
			close();
			throw failure("prepare a netlink socket", ex);
		}
	}

	int descriptor() {
		return this.descriptor;
	}

	/**
	 * Makes a change or asks for one thing.
	 * @return the answers, without the acknowledgement
	 * @throws NetlinkException if the kernel refuses
	 */
	List<NetlinkMessage> request(int type, int flags, byte[] fixed, Map<Integer, byte[]> attributes)
			throws NetlinkException {
		NetlinkMessage.Builder builder = new NetlinkMessage.Builder(type, flags | FLAG_ACK, fixed);
		attributes.forEach(builder::attribute);
		List<NetlinkMessage> answers = new ArrayList<>();
		exchange(builder, answers);
		return answers;
	}

	/**
	 * Asks for all things of a kind.
	 * @throws NetlinkException if the kernel refuses
	 */
	List<NetlinkMessage> dump(int type, byte[] fixed) throws NetlinkException {
		for (int i = 0; i < DUMPS; i++) {
			List<NetlinkMessage> answers = new ArrayList<>();
			// Interrupted by a change, it may lack something that was there all the time.
			if (!exchange(new NetlinkMessage.Builder(type, FLAG_DUMP, fixed), answers)) {
				return answers;
			}
		}
		throw new NetlinkException(0, "The interfaces of this host change too fast to be read");
	}

	/**
	 * Receives what there is, waiting for it for two seconds at most.
	 * @return the messages
	 * @throws LastErrorException if there is nothing or if something was lost
	 */
	List<NetlinkMessage> receive(int flags) {
		int length = fill(flags);
		ByteBuffer received = ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
		received.put(this.buffer.clear().limit(length)).flip();
		List<NetlinkMessage> messages = new ArrayList<>();
		NetlinkMessage message = NetlinkMessage.next(received);
		while (message != null) {
			messages.add(message);
			message = NetlinkMessage.next(received);
		}
		return messages;
	}

	@Override
	public void close() {
		try {
			this.calls.close(this.descriptor);
		}
		catch (LastErrorException ex) {
			// The descriptor is gone in any case, see close(2).
		}
	}

	/**
	 * Returns whether the answer was interrupted by a change.
	 */
	private boolean exchange(NetlinkMessage.Builder request, List<NetlinkMessage> answers) throws NetlinkException {
		int expected = ++this.sequence;
		byte[] data = request.build(expected);
		boolean interrupted = false;
		try {
			this.calls.send(this.descriptor, data, data.length, 0);
			while (true) {
				for (NetlinkMessage message : receive(0)) {
					if (message.sequence() != expected) {
						continue;
					}
					interrupted |= (message.flags() & NetlinkMessage.FLAG_DUMP_INTERRUPTED) != 0;
					if (message.type() == NetlinkMessage.TYPE_DONE) {
						return interrupted;
					}
					if (message.type() == NetlinkMessage.TYPE_ERROR) {
						acknowledge(message);
						return interrupted;
					}
					answers.add(message);
				}
			}
		}
		catch (LastErrorException ex) {
			throw failure("ask the kernel", ex);
		}
	}

	private int fill(int flags) {
		while (true) {
			try {
				return (int) this.calls.recv(this.descriptor, this.buffer.clear(), BUFFER, flags);
			}
			catch (LastErrorException ex) {
				// Happens to a process that is stopped and continued, see signal(7).
				if (ex.getErrorCode() != LinuxCalls.EINTR) {
					throw ex;
				}
			}
		}
	}

	private void acknowledge(NetlinkMessage message) throws NetlinkException {
		int errno = -message.body().getInt(0);
		if (errno == 0) {
			return;
		}
		String reason = this.calls.strerror(errno);
		if ((message.flags() & FLAG_ACK_TLVS) != 0) {
			int request = ((message.flags() & FLAG_CAPPED) != 0) ? NetlinkMessage.HEADER : message.body().getInt(4);
			byte[] text = message.attributes(Integer.BYTES + request).get(ATTRIBUTE_MESSAGE);
			reason += (text != null) ? " (" + NetlinkMessage.text(text) + ")" : "";
		}
		throw new NetlinkException(errno, reason);
	}

	private NetlinkException failure(String what, LastErrorException ex) {
		return new NetlinkException(ex.getErrorCode(),
				"Cannot " + what + ": " + this.calls.strerror(ex.getErrorCode()));
	}

	private static byte[] number(int value) {
		return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder()).putInt(value).array();
	}

}
