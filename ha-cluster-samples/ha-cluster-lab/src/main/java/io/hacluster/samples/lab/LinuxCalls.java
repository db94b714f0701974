package io.hacluster.samples.lab;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import com.sun.jna.Pointer;

/**
 * The calls to Linux that Java lacks: namespaces, raw sockets and signals.
 */
interface LinuxCalls extends Library {

	int O_RDONLY = 0;

	int O_CLOEXEC = 0x80000;

	int CLONE_NEWNET = 0x40000000;

	int AF_NETLINK = 16;

	int AF_PACKET = 17;

	int SOCK_RAW = 3;

	int SOCK_CLOEXEC = 0x80000;

	int SOL_SOCKET = 1;

	int SO_RCVTIMEO = 20;

	int SO_RCVBUFFORCE = 33;

	/** Gives the kernel's time of the packet that was read last: netdevice(7). */
	long SIOCGSTAMPNS = 0x8907;

	int EAGAIN = 11;

	int EINTR = 4;

	int ENOBUFS = 105;

	int SIGCONT = 18;

	int SIGSTOP = 19;

	static LinuxCalls load() {
		return Native.load("c", LinuxCalls.class);
	}

	int open(String path, int flags) throws LastErrorException;

	int close(int descriptor) throws LastErrorException;

	int setns(int descriptor, int type) throws LastErrorException;

	int socket(int domain, int type, int protocol) throws LastErrorException;

	int bind(int descriptor, byte[] address, int length) throws LastErrorException;

	int setsockopt(int descriptor, int level, int option, byte[] value, int length) throws LastErrorException;

	NativeLong recv(int descriptor, byte[] buffer, NativeLong length, int flags) throws LastErrorException;

	int ioctl(int descriptor, NativeLong request, Pointer argument) throws LastErrorException;

	int kill(int pid, int signal) throws LastErrorException;

}
