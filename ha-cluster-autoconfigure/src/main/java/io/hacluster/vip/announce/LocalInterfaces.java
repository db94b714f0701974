package io.hacluster.vip.announce;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;

import io.hacluster.vip.MacAddress;

/**
 * The interfaces of this host, those without an address among them, which
 * {@link java.net.NetworkInterface} does not know.
 */
final class LocalInterfaces {

	private static final long SIOCGIFHWADDR = 0x8927;

	private static final int SIZEOF_IFREQ = 40;

	private static final int IFNAMSIZ = 16;

	private static final int SIZEOF_NAMEINDEX = 16;

	private static final int NAME_OFFSET = 8;

	private static final short ARPHRD_ETHER = 1;

	private final SocketLibrary library = Native.load(Platform.C_LIBRARY_NAME, SocketLibrary.class);

	/**
	 * Returns the hardware addresses of all Ethernet interfaces. One of them on the same
	 * link answers for an address of any other one.
	 * @param descriptor any socket
	 * @return the addresses
	 */
	Set<MacAddress> macs(int descriptor) {
		Set<MacAddress> macs = new HashSet<>();
		for (String name : names()) {
			byte[] request = new byte[SIZEOF_IFREQ];
			byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
			System.arraycopy(bytes, 0, request, 0, Math.min(bytes.length, IFNAMSIZ - 1));
			try {
				this.library.ioctl(descriptor, SIOCGIFHWADDR, (Object) request);
			}
			catch (LastErrorException ex) {
				continue; // Removed meanwhile.
			}
			ByteBuffer answer = ByteBuffer.wrap(request, IFNAMSIZ, SIZEOF_IFREQ - IFNAMSIZ)
				.order(ByteOrder.nativeOrder());
			if (answer.getShort() == ARPHRD_ETHER) {
				byte[] mac = new byte[MacAddress.LENGTH];
				answer.get(mac);
				macs.add(MacAddress.of(mac));
			}
		}
		return macs;
	}

	private Set<String> names() {
		Set<String> names = new HashSet<>();
		Pointer first = this.library.if_nameindex();
		if (first == null) {
			return names;
		}
		for (Pointer each = first; each.getInt(0) != 0; each = each.share(SIZEOF_NAMEINDEX)) {
			names.add(each.getPointer(NAME_OFFSET).getString(0, "UTF-8"));
		}
		this.library.if_freenameindex(first);
		return names;
	}

}
