package io.hacluster.vip;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.List;
import java.util.stream.Collectors;

import com.sun.jna.LastErrorException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * Looks whether this host, and the rights of this process, permit the virtual IP.
 */
final class HostCheck {

	private static final int EACCES = 13;

	private static final String LEAVE_OUT = "Or leave 'ha.cluster.vip' out.";

	private static final Logger logger = LoggerFactory.getLogger(LinuxVirtualIp.class);

	private final NodeIdentity identity;

	private final VirtualIpSettings settings;

	private final AddressTable table;

	private final Announcer announcer;

	HostCheck(NodeIdentity identity, VirtualIpSettings settings, AddressTable table, Announcer announcer) {
		this.identity = identity;
		this.settings = settings;
		this.table = table;
		this.announcer = announcer;
	}

	/**
	 * Makes the checks. Takes away what a former life of this node has left, which is how
	 * it learns whether it may.
	 * @throws UnusableVirtualIpException saying what is wrong and what to do
	 * @throws IOException if the kernel cannot be asked
	 */
	void run() throws IOException {
		Link link = this.table.link(this.settings.interfaceName()).orElseThrow(this::noInterface);
		List<AssignedAddress> assigned = this.table.addresses();
		refuseConfiguredElsewhere(assigned);
		for (CidrAddress address : this.settings.addresses()) {
			checkSubnet(link, address, assigned);
		}
		checkRights(link);
		if (!link.running()) {
			logger.warn("[{}] The interface {} of the virtual IP is down or has no carrier: this node cannot become "
					+ "leader until it has", this.identity, link.name());
		}
	}

	private UnusableVirtualIpException noInterface() {
		return new UnusableVirtualIpException(
				"There is no network interface " + this.settings.interfaceName()
						+ " on this host for the virtual IP, but " + interfaceNames() + ".",
				"Correct 'ha.cluster.vip.interface'. If the interface appears later at boot, start this application "
						+ "after it, for example with 'After=network-online.target' in its systemd unit.",
				null);
	}

	private void refuseConfiguredElsewhere(List<AssignedAddress> assigned) {
		for (AssignedAddress each : assigned) {
			if (this.settings.includes(each.address().address()) && !each.isOurs()) {
				throw new UnusableVirtualIpException(
						"The virtual IP " + each.address()
								+ " is on this host already, and not put there by a node of this cluster.",
						"Take it out of the configuration of the network of this host, and away with 'ip addr del "
								+ each.address() + "': only the leader may have it. Or correct "
								+ "'ha.cluster.vip.addresses'.",
						null);
			}
		}
	}

	private void checkSubnet(Link link, CidrAddress address, List<AssignedAddress> assigned) throws IOException {
		// Without neighbours on the link there is no subnet: the address is routed here.
		if (link.mac() == null) {
			return;
		}
		List<CidrAddress> subnets = assigned.stream()
			.filter((each) -> each.link() == link.index() && !this.settings.includes(each.address().address())
					&& each.address().isIpv4() == address.isIpv4())
			.map(AssignedAddress::address)
			.toList();
		if (subnets.stream().anyMatch((subnet) -> subnet.contains(address.address()))
				|| this.table.routes(link.index()).stream().anyMatch((subnet) -> subnet.contains(address.address()))) {
			return;
		}
		if (!link.running()) {
			logger.warn("[{}] Whether {} is in a subnet of {} cannot be told while that is down", this.identity,
					address, link.name());
			return;
		}
		String family = address.isIpv4() ? "IPv4" : "IPv6";
		throw new UnusableVirtualIpException(
				"The virtual IP " + address + " is in no subnet of " + link.name() + ", which has "
						+ (subnets.isEmpty() ? "no " + family + " address" : text(subnets))
						+ ": no neighbour there would ask for it.",
				"Correct 'ha.cluster.vip.addresses' or 'ha.cluster.vip.interface'. If the interface gets its address "
						+ "later at boot, start this application after 'network-online.target'.",
				null);
	}

	private void checkRights(Link link) throws IOException {
		try {
			for (CidrAddress address : this.settings.addresses()) {
				this.table.remove(link.index(), address.alone());
			}
		}
		catch (NetlinkException ex) {
			if (ex.errno() == NetlinkException.EPERM) {
				throw lacks("CAP_NET_ADMIN", "add and remove addresses", ex);
			}
			throw ex;
		}
		if (link.mac() == null) {
			return;
		}
		try {
			this.announcer.verify(link);
		}
		catch (VirtualIpException ex) {
			throw new UnusableVirtualIpException("The virtual IP cannot be announced. " + ex.getMessage() + ".",
					lacksCapability(ex) ? grant("CAP_NET_RAW") : "Do what is said above. " + LEAVE_OUT, ex);
		}
	}

	private static boolean lacksCapability(VirtualIpException failure) {
		return failure.getCause() instanceof LastErrorException refused
				&& (refused.getErrorCode() == NetlinkException.EPERM || refused.getErrorCode() == EACCES);
	}

	private static UnusableVirtualIpException lacks(String capability, String what, Throwable cause) {
		return new UnusableVirtualIpException("This process lacks the capability " + capability + ", which it needs to "
				+ what + " for the virtual IP ('ha.cluster.vip').", grant(capability), cause);
	}

	private static String grant(String capability) {
		return "Grant " + capability + ": with 'AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW' in the systemd unit, "
				+ "'--cap-add NET_ADMIN --cap-add NET_RAW' for a container, or for a try with "
				+ "'setpriv --ambient-caps +net_admin,+net_raw --inh-caps +net_admin,+net_raw'. " + LEAVE_OUT;
	}

	private static String interfaceNames() {
		try {
			return NetworkInterface.networkInterfaces()
				.map(NetworkInterface::getName)
				.sorted()
				.collect(Collectors.joining(", "));
		}
		catch (SocketException ex) {
			return "none that could be read";
		}
	}

	private static String text(List<CidrAddress> subnets) {
		return subnets.stream().map(CidrAddress::toString).collect(Collectors.joining(", "));
	}

}
