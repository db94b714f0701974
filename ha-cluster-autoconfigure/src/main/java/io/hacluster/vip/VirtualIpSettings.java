package io.hacluster.vip;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * What a virtual IP is, and how it is announced.
 *
 * @param interfaceName the network interface that the addresses are put on
 * @param addresses the addresses, at least one; the prefix tells which subnet they belong
 * to, they are added as /32 and /128
 * @param announceCount how many announcements follow one another after an address has
 * been taken, and again a second later; at least 1
 * @param announceInterval the time between two of them
 * @param repeatInterval the time between announcements after that, zero for none
 * @param conflictCheck whether the neighbours are asked before an address is taken
 * @param conflictWait how long their answers are waited for
 */
public record VirtualIpSettings(String interfaceName, List<CidrAddress> addresses, int announceCount,
		Duration announceInterval, Duration repeatInterval, boolean conflictCheck, Duration conflictWait) {

	public VirtualIpSettings {
		addresses = List.copyOf(addresses);
		if (addresses.isEmpty()) {
			throw new IllegalArgumentException("'addresses' must not be empty");
		}
		if (announceCount < 1) {
			throw new IllegalArgumentException("'announceCount' must be at least 1");
		}
	}

	/**
	 * Returns whether an address is one of these, whatever its prefix.
	 */
	boolean includes(InetAddress address) {
		return this.addresses.stream().anyMatch((each) -> each.address().equals(address));
	}

}
