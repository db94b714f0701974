package io.hacluster.vip.announce;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;

import io.hacluster.vip.Link;
import io.hacluster.vip.MacAddress;

/**
 * All frames that arrive at an interface from one host, as they are on the wire. Opened
 * on the host that listens.
 */
final class Capture implements AutoCloseable {

	private static final int SOCK_RAW = 3;

	private static final int ETH_P_ALL = 3;

	private static final int MSG_DONTWAIT = 0x40;

	private final SocketLibrary library = Native.load("c", SocketLibrary.class);

	private final int descriptor = this.library.socket(LinkAddress.AF_PACKET, SOCK_RAW, 0);

	private final MacAddress from;

	private final List<String> frames = new ArrayList<>();

	Capture(Link link, MacAddress from) {
		this.from = from;
		this.library.bind(this.descriptor, new LinkAddress(ETH_P_ALL, link.index(), from).encode(), LinkAddress.LENGTH);
	}

	/**
	 * Returns what has arrived up to now.
	 * @return the frames in hexadecimal digits
	 */
	List<String> frames() {
		byte[] frame = new byte[2048];
		while (true) {
			try {
				int length = (int) this.library.recvfrom(this.descriptor, frame, frame.length, MSG_DONTWAIT,
						new byte[LinkAddress.LENGTH], new int[] { LinkAddress.LENGTH });
				if (ByteBuffer.wrap(frame, 6, 6).slice().equals(ByteBuffer.wrap(this.from.bytes()))) {
					this.frames.add(HexFormat.of().formatHex(Arrays.copyOf(frame, length)));
				}
			}
			catch (LastErrorException ex) {
				return this.frames;
			}
		}
	}

	@Override
	public void close() {
		this.library.close(this.descriptor);
	}

}
