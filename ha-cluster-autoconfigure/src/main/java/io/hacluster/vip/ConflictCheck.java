package io.hacluster.vip;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Refuses an address that another host on the link has.
 */
final class ConflictCheck {

	private final VirtualIpSettings settings;

	private final ConflictProbe probe;

	private final VirtualIpRecord record;

	ConflictCheck(VirtualIpSettings settings, ConflictProbe probe, VirtualIpRecord record) {
		this.settings = settings;
		this.probe = probe;
		this.record = record;
	}

	/**
	 * Asks the neighbours.
	 * @param link the interface
	 * @param absent addresses that this host does not have
	 * @throws VirtualIpException naming whoever answers
	 */
	void run(Link link, List<CidrAddress> absent) {
		if (!this.settings.conflictCheck() || link.mac() == null || absent.isEmpty()) {
			return;
		}
		List<InetAddress> addresses = absent.stream().map(CidrAddress::address).toList();
		Map<InetAddress, MacAddress> holders = this.probe.holders(link, addresses, this.settings.conflictWait());
		if (!holders.isEmpty()) {
			String message = "Another host has the virtual IP: " + text(holders, link)
					+ ". Take the address away from that host";
			this.record.conflict(message);
			throw new VirtualIpException(message, null);
		}
	}

	static String text(Map<InetAddress, MacAddress> holders, Link link) {
		return holders.entrySet()
			.stream()
			.map((holder) -> CidrAddress.text(holder.getKey()) + " is at " + holder.getValue())
			.collect(Collectors.joining(", ", "", " on " + link.name()));
	}

}
