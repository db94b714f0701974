package io.hacluster.backend.systemd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import org.jspecify.annotations.Nullable;

/**
 * Sends datagrams to a socket of the file system or of Linux's abstract name space, see
 * unix(7) and sd_notify(3). Java itself has no datagrams for such sockets. Thread-safe.
 */
final class NotifySocket {

	private static final int AF_UNIX = 1;

	private static final int SOCK_DGRAM = 2;

	private static final int SOCK_CLOEXEC = 0x80000;

	private static final int MSG_DONTWAIT = 0x40;

	private static final int MSG_NOSIGNAL = 0x4000;

	/** Of sun_path, without the zero that ends a path. */
	private static final int MAX_PATH = 107;

	private final LibC libc = Native.load("c", LibC.class);

	private final byte[] address;

	private NotifySocket(byte[] address) {
		this.address = address;
	}

	/**
	 * Makes a socket for an address.
	 * @param name an absolute path, or a name that begins with {@code @}
	 * @return the socket, null if the address is of another kind or too long
	 */
	static @Nullable NotifySocket of(String name) {
		byte[] path = name.getBytes(StandardCharsets.UTF_8);
		boolean isAbstract = name.startsWith("@");
		if (path.length < 2 || path.length > MAX_PATH || !(isAbstract || name.startsWith("/"))) {
			return null;
		}
		if (isAbstract) {
			path[0] = 0;
		}
		ByteBuffer address = ByteBuffer.allocate(Short.BYTES + path.length + (isAbstract ? 0 : 1))
			.order(ByteOrder.nativeOrder());
		address.putShort((short) AF_UNIX).put(path);
		return new NotifySocket(address.array());
	}

	/**
	 * Sends a message. Does not wait: a receiver that does not keep up loses it.
	 * @return whether it has been taken
	 */
	boolean send(String message) {
		byte[] data = message.getBytes(StandardCharsets.UTF_8);
		try {
			int socket = this.libc.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
			try {
				this.libc.sendto(socket, data, new NativeLong(data.length), MSG_DONTWAIT | MSG_NOSIGNAL, this.address,
						this.address.length);
				return true;
			}
			finally {
				this.libc.close(socket);
			}
		}
		catch (LastErrorException ex) {
			return false;
		}
	}

	/**
	 * What is used of the C library.
	 */
	interface LibC extends Library {

		int socket(int domain, int type, int protocol) throws LastErrorException;

		NativeLong sendto(int socket, byte[] data, NativeLong length, int flags, byte[] address, int addressLength)
				throws LastErrorException;

		int close(int socket) throws LastErrorException;

	}

}
