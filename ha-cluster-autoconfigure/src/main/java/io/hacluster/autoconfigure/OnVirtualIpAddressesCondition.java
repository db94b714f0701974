package io.hacluster.autoconfigure;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.OnPropertyListCondition;

/**
 * Matches where addresses of a virtual IP are configured, in whatever form of a list.
 */
final class OnVirtualIpAddressesCondition extends OnPropertyListCondition {

	OnVirtualIpAddressesCondition() {
		super("ha.cluster.vip.addresses", () -> ConditionMessage.forCondition("Virtual IP"));
	}

}
