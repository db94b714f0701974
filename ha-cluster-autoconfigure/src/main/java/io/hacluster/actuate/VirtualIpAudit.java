package io.hacluster.actuate;

import java.util.Map;

import io.hacluster.vip.LinuxVirtualIp;

/**
 * Writes strangers who have or claim the virtual IP into the audit trail.
 */
public final class VirtualIpAudit {

	/**
	 * Begins to listen, for as long as the virtual IP exists.
	 * @param trail written to
	 * @param virtualIp listened to
	 */
	public VirtualIpAudit(AuditTrail trail, LinuxVirtualIp virtualIp) {
		virtualIp.onConflict((reason) -> trail.record(HaClusterAuditType.HA_VIP_CONFLICT, Map.of("reason", reason)));
	}

}
