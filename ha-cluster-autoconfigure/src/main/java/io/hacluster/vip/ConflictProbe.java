package io.hacluster.vip;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Asks the neighbours on a link whether one of them has an address.
 */
public interface ConflictProbe {

	/**
	 * Asks for all addresses at the same time: ARP probe for IPv4 (RFC 5227), neighbour
	 * solicitation as in duplicate address detection for IPv6 (RFC 4862). Blocks for
	 * {@code wait} while nobody answers; whoever does may be asked again, to see whether
	 * it lasts.
	 * @param link the interface, with a hardware address
	 * @param addresses addresses that this host does not have
	 * @param wait how long answers are waited for
	 * @return the hardware address of whoever answered, for each address in use
	 * @throws VirtualIpException if it cannot be asked
	 */
	Map<InetAddress, MacAddress> holders(Link link, List<InetAddress> addresses, Duration wait);

}
