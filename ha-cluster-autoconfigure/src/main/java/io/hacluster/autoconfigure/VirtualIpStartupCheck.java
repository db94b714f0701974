package io.hacluster.autoconfigure;

import io.hacluster.vip.LinuxVirtualIp;
import io.hacluster.vip.UnusableVirtualIpException;

/**
 * Looks whether this process can put the virtual IP on this host.
 */
final class VirtualIpStartupCheck implements StartupCheck {

	private final LinuxVirtualIp virtualIp;

	private final String operatingSystem;

	VirtualIpStartupCheck(LinuxVirtualIp virtualIp, String operatingSystem) {
		this.virtualIp = virtualIp;
		this.operatingSystem = operatingSystem;
	}

	@Override
	public void run() {
		if (!this.operatingSystem.startsWith("Linux")) {
			throw new StartupCheckException(
					"There can be no virtual IP on " + this.operatingSystem + ": this needs Linux.",
					"Leave 'ha.cluster.vip' out on this machine, or run the node on Linux.", null);
		}
		try {
			this.virtualIp.verify();
		}
		catch (UnusableVirtualIpException ex) {
			throw new StartupCheckException(String.valueOf(ex.getMessage()), ex.getAction(), ex);
		}
	}

}
