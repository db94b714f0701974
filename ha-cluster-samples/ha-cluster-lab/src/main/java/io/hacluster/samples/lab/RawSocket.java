package io.hacluster.samples.lab;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import com.sun.jna.LastErrorException;
import com.sun.jna.Memory;
import com.sun.jna.NativeLong;

/**
 * A socket of a kind that Java does not have, listened to by a thread of its own. It
 * belongs to the network namespace in which it was made, whatever thread reads it.
 */
final class RawSocket implements AutoCloseable {

	private static final int BUFFER = 64 * 1024;

	private static final int KERNEL_BUFFER = 16 * 1024 * 1024;

	private static final int TIMEOUT_MICROS = 200_000;

	private final LinuxCalls linux;

	private final int descriptor;

	private final Thread thread;

	private final Memory timestamp = new Memory(16);

	private volatile boolean closed;

	private volatile boolean overrun;

	private RawSocket(LinuxCalls linux, int descriptor, String name, Listener listener) {
		this.linux = linux;
		this.descriptor = descriptor;
		this.thread = new Thread(() -> read(listener), name);
		this.thread.setDaemon(true);
	}

	/**
	 * Opens a socket in the namespace of the calling thread.
	 * @param linux the calls
	 * @param domain the family
	 * @param protocol the protocol
	 * @param address what to bind it to, null for nothing
	 * @param name the name of the thread that reads
	 * @param listener gets what arrives
	 * @return the socket, which is being read
	 */
	static RawSocket open(LinuxCalls linux, int domain, int protocol, byte[] address, String name, Listener listener) {
		int descriptor = linux.socket(domain, LinuxCalls.SOCK_RAW | LinuxCalls.SOCK_CLOEXEC, protocol);
		RawSocket socket = new RawSocket(linux, descriptor, name, listener);
		byte[] timeout = ByteBuffer.allocate(16)
			.order(ByteOrder.nativeOrder())
			.putLong(0)
			.putLong(TIMEOUT_MICROS)
			.array();
		linux.setsockopt(descriptor, LinuxCalls.SOL_SOCKET, LinuxCalls.SO_RCVTIMEO, timeout, timeout.length);
		byte[] size = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(KERNEL_BUFFER).array();
		linux.setsockopt(descriptor, LinuxCalls.SOL_SOCKET, LinuxCalls.SO_RCVBUFFORCE, size, size.length);
		if (address.length > 0) {
			linux.bind(descriptor, address, address.length);
		}
		socket.thread.start();
		return socket;
	}

	private void read(Listener listener) {
		byte[] buffer = new byte[BUFFER];
		while (!this.closed) {
			try {
				int length = this.linux.recv(this.descriptor, buffer, new NativeLong(buffer.length), 0).intValue();
				listener.received(ByteBuffer.wrap(buffer, 0, length));
			}
			catch (LastErrorException ex) {
				int error = ex.getErrorCode();
				if (error == LinuxCalls.ENOBUFS) {
					this.overrun = true;
				}
				else if (error != LinuxCalls.EAGAIN && error != LinuxCalls.EINTR && !this.closed) {
					throw ex;
				}
			}
		}
	}

	/**
	 * Returns when the packet that is being received reached this host. Only for the
	 * listener.
	 * @return that time, as {@link System#nanoTime()}
	 */
	long packetTime() {
		this.linux.ioctl(this.descriptor, new NativeLong(LinuxCalls.SIOCGSTAMPNS), this.timestamp);
		Instant now = Instant.now();
		long age = TimeUnit.SECONDS.toNanos(now.getEpochSecond() - this.timestamp.getLong(0)) + now.getNano()
				- this.timestamp.getLong(8);
		return System.nanoTime() - Math.max(0, age);
	}

	/**
	 * Returns whether the kernel has dropped something because it was not read in time.
	 */
	boolean isOverrun() {
		return this.overrun;
	}

	@Override
	public void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		try {
			this.thread.join(5_000);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		this.linux.close(this.descriptor);
	}

	/**
	 * Gets what arrives.
	 */
	interface Listener {

		/**
		 * Called with each message.
		 * @param message the message; valid until this returns
		 */
		void received(ByteBuffer message);

	}

}
