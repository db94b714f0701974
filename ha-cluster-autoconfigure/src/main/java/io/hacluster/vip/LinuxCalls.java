package io.hacluster.vip;

import java.nio.ByteBuffer;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;

/**
 * What is used of the C library of 64-bit Linux. The values of the constants are those of
 * its headers.
 */
interface LinuxCalls extends Library {

	int EINTR = 4;

	int EAGAIN = 11;

	int ENOBUFS = 105;

	int POLLIN = 1;

	int SIZEOF_POLLFD = 8;

	/**
	 * Loads the library.
	 * @throws VirtualIpException on another platform
	 */
	static LinuxCalls load() {
		if (!Platform.isLinux() || !Platform.is64Bit()) {
			throw new VirtualIpException("A virtual IP needs 64-bit Linux, but this is " + System.getProperty("os.name")
					+ " on " + System.getProperty("os.arch"), null);
		}
		return Native.load(Platform.C_LIBRARY_NAME, LinuxCalls.class);
	}

	int socket(int domain, int type, int protocol) throws LastErrorException;

	int bind(int descriptor, byte[] address, int length) throws LastErrorException;

	int setsockopt(int descriptor, int level, int option, byte[] value, int length) throws LastErrorException;

	long send(int descriptor, byte[] data, long length, int flags) throws LastErrorException;

	long recv(int descriptor, ByteBuffer data, long length, int flags) throws LastErrorException;

	int poll(ByteBuffer descriptors, long count, int timeout) throws LastErrorException;

	int eventfd(int initial, int flags) throws LastErrorException;

	long read(int descriptor, byte[] data, long length) throws LastErrorException;

	long write(int descriptor, byte[] data, long length) throws LastErrorException;

	String strerror(int errno);

	int close(int descriptor) throws LastErrorException;

}
