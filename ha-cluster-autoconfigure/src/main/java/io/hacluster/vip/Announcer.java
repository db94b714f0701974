package io.hacluster.vip;

import java.net.InetAddress;
import java.util.List;

/**
 * Tells the neighbours on a link where an address is. What is announced, and when, is
 * decided by the caller. Implementations are safe for use by several threads.
 */
public interface Announcer {

	/**
	 * Looks whether this process may announce.
	 * @param link the interface, with a hardware address
	 * @throws VirtualIpException if it may not, naming what is missing
	 */
	void verify(Link link);

	/**
	 * Sends one announcement of each address: a gratuitous ARP for IPv4, an unsolicited
	 * neighbour advertisement for IPv6. Does not wait for anything.
	 * @param link the interface, with a hardware address
	 * @param addresses addresses of this host on that interface
	 * @throws VirtualIpException if one could not be sent; it has then been tried for all
	 */
	void announce(Link link, List<InetAddress> addresses);

}
