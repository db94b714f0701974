package io.hacluster.vip.announce;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Pointer;

/**
 * The functions of the C library that packet sockets take, on 64-bit Linux.
 */
interface SocketLibrary extends Library {

	int socket(int domain, int type, int protocol) throws LastErrorException;

	int bind(int descriptor, byte[] address, int length) throws LastErrorException;

	int setsockopt(int descriptor, int level, int name, Pointer value, int length) throws LastErrorException;

	long sendto(int descriptor, byte[] bytes, long length, int flags, byte[] address, int addressLength)
			throws LastErrorException;

	long recvfrom(int descriptor, byte[] bytes, long length, int flags, byte[] address, int[] addressLength)
			throws LastErrorException;

	int poll(Pointer descriptors, long count, int milliseconds) throws LastErrorException;

	int ioctl(int descriptor, long request, Object... arguments) throws LastErrorException;

	int close(int descriptor) throws LastErrorException;

	Pointer if_nameindex();

	void if_freenameindex(Pointer interfaces);

}
