package io.hacluster.vip;

import java.net.InetAddress;
import java.util.Map;

/**
 * What other hosts on a link say about addresses that this host holds. Not thread-safe.
 */
public interface Claims extends AutoCloseable {

	/**
	 * Hears nothing.
	 */
	Claims NONE = new Claims() {

		@Override
		public Map<InetAddress, MacAddress> read() {
			return Map.of();
		}

		@Override
		public void close() {
		}

	};

	/**
	 * Returns who has claimed which address since it was asked last, without waiting.
	 * @return the hardware address of the last one, for each address that was claimed
	 * @throws VirtualIpException if nothing can be heard any more
	 */
	Map<InetAddress, MacAddress> read();

	@Override
	void close();

}
