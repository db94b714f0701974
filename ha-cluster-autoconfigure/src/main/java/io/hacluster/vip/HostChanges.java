package io.hacluster.vip;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import com.sun.jna.LastErrorException;
import org.jspecify.annotations.Nullable;

/**
 * Hears from the kernel what changes on this host. One thread waits; any thread may wake
 * it.
 */
final class HostChanges implements AutoCloseable {

	private static final int GROUP_LINK = 0x1;

	private static final int GROUP_IPV4_ADDRESS = 0x10;

	private static final int GROUP_IPV6_ADDRESS = 0x100;

	private static final int RTM_NEWLINK = 16;

	private static final int RTM_DELLINK = 17;

	private static final int RTM_DELADDR = 21;

	private static final int MSG_DONTWAIT = 0x40;

	private static final int EVENTFD_FLAGS = 0x80800;

	private static final byte AF_BRIDGE = 7;

	private final LinuxCalls calls = LinuxCalls.load();

	private final NetlinkSocket socket;

	private final int alarm;

	HostChanges() throws NetlinkException {
		this.socket = new NetlinkSocket(this.calls, GROUP_LINK | GROUP_IPV4_ADDRESS | GROUP_IPV6_ADDRESS);
		try {
			this.alarm = this.calls.eventfd(0, EVENTFD_FLAGS);
		}
		catch (LastErrorException ex) {
			this.socket.close();
			throw new NetlinkException(ex.getErrorCode(), "Cannot open an event descriptor: " + ex.getMessage());
		}
	}

	/**
	 * Waits until something changes, somebody calls {@link #wake()}, or time has passed.
	 * @param timeout how long to wait at most
	 * @return what changed, in order
	 * @throws IOException if nothing can be heard any more
	 */
	List<HostChange> await(Duration timeout) throws IOException {
		List<HostChange> changes = new ArrayList<>();
		try {
			poll(timeout);
			drainAlarm();
			while (true) {
				for (NetlinkMessage message : this.socket.receive(MSG_DONTWAIT)) {
					HostChange change = change(message);
					if (change != null) {
						changes.add(change);
					}
				}
			}
		}
		catch (LastErrorException ex) {
			if (ex.getErrorCode() == LinuxCalls.ENOBUFS) {
				changes.add(new HostChange(HostChange.Kind.UNKNOWN, null, null));
			}
			else if (ex.getErrorCode() != LinuxCalls.EAGAIN) {
				throw new IOException("The changes of this host cannot be heard: " + ex.getMessage(), ex);
			}
			return changes;
		}
	}

	/**
	 * Ends the present or the next {@link #await}.
	 */
	void wake() {
		byte[] one = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder()).putLong(1).array();
		try {
			this.calls.write(this.alarm, one, one.length);
		}
		catch (LastErrorException ex) {
			// It has been woken more often than can be counted, and wakes.
		}
	}

	@Override
	public void close() {
		this.socket.close();
		try {
			this.calls.close(this.alarm);
		}
		catch (LastErrorException ex) {
			// The descriptor is gone in any case, see close(2).
		}
	}

	private void poll(Duration timeout) {
		ByteBuffer descriptors = ByteBuffer.allocateDirect(2 * LinuxCalls.SIZEOF_POLLFD).order(ByteOrder.nativeOrder());
		descriptors.putInt(this.socket.descriptor()).putShort((short) LinuxCalls.POLLIN).putShort((short) 0);
		descriptors.putInt(this.alarm).putShort((short) LinuxCalls.POLLIN).putShort((short) 0).flip();
		try {
			// Rounded up, or it would be called without pause in the last millisecond.
			this.calls.poll(descriptors, 2, (int) Math.min(timeout.plusNanos(999_999).toMillis(), Integer.MAX_VALUE));
		}
		catch (LastErrorException ex) {
			if (ex.getErrorCode() != LinuxCalls.EINTR) {
				throw ex;
			}
		}
	}

	private void drainAlarm() {
		byte[] count = new byte[Long.BYTES];
		try {
			this.calls.read(this.alarm, count, count.length);
		}
		catch (LastErrorException ex) {
			if (ex.getErrorCode() != LinuxCalls.EAGAIN && ex.getErrorCode() != LinuxCalls.EINTR) {
				throw ex;
			}
		}
	}

	private static @Nullable HostChange change(NetlinkMessage message) throws IOException {
		// What a bridge says about its ports looks like what an interface says of itself.
		boolean bridge = message.body().limit() > 0 && message.body().get(0) == AF_BRIDGE;
		return switch (message.type()) {
			case RTM_NEWLINK ->
				bridge ? null : HostChange.link(HostChange.Kind.LINK_CHANGED, RtnetlinkTable.link(message));
			case RTM_DELLINK ->
				bridge ? null : HostChange.link(HostChange.Kind.LINK_REMOVED, RtnetlinkTable.link(message));
			case RTM_DELADDR -> new HostChange(HostChange.Kind.ADDRESS_REMOVED, null, RtnetlinkTable.address(message));
			default -> null;
		};
	}

}
