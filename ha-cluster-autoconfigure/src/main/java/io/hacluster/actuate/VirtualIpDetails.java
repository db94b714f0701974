package io.hacluster.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import io.hacluster.vip.VirtualIpStatus;

/**
 * How health describes a virtual IP.
 */
final class VirtualIpDetails {

	private VirtualIpDetails() {
	}

	static Map<String, Object> of(VirtualIpStatus status) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("held", status.held());
		details.put("interface", status.interfaceName());
		details.put("addresses", status.addresses());
		if (status.since() != null) {
			details.put("since", status.since());
		}
		details.put("announcements", status.announcements());
		details.put("repairs", status.repairs());
		VirtualIpStatus.Failure failure = status.lastFailure();
		if (failure != null) {
			details.put("lastFailure", Map.of("at", failure.at(), "message", failure.message()));
		}
		return details;
	}

}
