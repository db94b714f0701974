package io.hacluster.autoconfigure;

import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.env.ConfigurableEnvironment;

import io.hacluster.vip.CidrAddress;
import io.hacluster.vip.VirtualIpSettings;

/**
 * Refuses a virtual IP that cannot work on any host, naming the property.
 */
final class VirtualIpPropertiesValidator {

	private static final int MAX_COUNT = 100;

	private static final Duration MAX_WAIT = Duration.ofSeconds(1);

	/** The longest name that Linux knows, see netdevice(7). */
	private static final int MAX_INTERFACE_NAME = 15;

	private final HaClusterProperties.Vip vip;

	private final ListPropertyName addresses;

	VirtualIpPropertiesValidator(HaClusterProperties.Vip vip, ConfigurableEnvironment environment) {
		this.vip = vip;
		this.addresses = new ListPropertyName(environment, "ha.cluster.vip.addresses");
	}

	/**
	 * Checks what is configured, if anything is.
	 */
	void validate() {
		String interfaceName = this.vip.interfaceName();
		if (this.vip.addresses().isEmpty()) {
			if (interfaceName != null) {
				throw invalid("addresses", null, "It must be set where 'ha.cluster.vip.interface' is");
			}
			return;
		}
		if (interfaceName == null || interfaceName.isBlank()) {
			throw invalid("interface", interfaceName,
					"The network interface of the addresses must be named, for example eth0");
		}
		if (interfaceName.length() > MAX_INTERFACE_NAME || !interfaceName.matches("[^\\s/:]+")) {
			throw invalid("interface", interfaceName,
					"It must be the name of one network interface: 1 to 15 characters without spaces, '/' and ':'");
		}
		addresses();
		HaClusterProperties.Vip.Announce announce = this.vip.announce();
		if (announce.count() < 1 || announce.count() > MAX_COUNT) {
			throw invalid("announce.count", announce.count(), "It must be 1 to " + MAX_COUNT);
		}
		requireWait("announce.interval", announce.interval());
		requireWait("conflict-wait", this.vip.conflictWait());
		if (announce.repeatInterval().isNegative()) {
			throw invalid("announce.repeat-interval", announce.repeatInterval(), "It must not be negative");
		}
	}

	/**
	 * Returns what is configured.
	 */
	VirtualIpSettings settings() {
		validate();
		return new VirtualIpSettings(Objects.requireNonNull(this.vip.interfaceName()), addresses(),
				this.vip.announce().count(), this.vip.announce().interval(), this.vip.announce().repeatInterval(),
				this.vip.conflictCheck(), this.vip.conflictWait());
	}

	private List<CidrAddress> addresses() {
		List<CidrAddress> addresses = new ArrayList<>();
		Set<InetAddress> seen = new HashSet<>();
		for (int i = 0; i < this.vip.addresses().size(); i++) {
			CidrAddress address = address(i, this.vip.addresses().get(i));
			if (!seen.add(address.address())) {
				throw new InvalidConfigurationPropertyValueException(this.addresses.element(i), address,
						"The address is there twice");
			}
			addresses.add(address);
		}
		return addresses;
	}

	private CidrAddress address(int index, String text) {
		String property = this.addresses.element(index);
		CidrAddress address;
		try {
			address = CidrAddress.parse(text.strip());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidConfigurationPropertyValueException(property, text, String.valueOf(ex.getMessage()));
		}
		InetAddress value = address.address();
		if (value.isAnyLocalAddress() || value.isLoopbackAddress() || value.isMulticastAddress()) {
			throw new InvalidConfigurationPropertyValueException(property, text,
					"It must be the address of a host, which this never is");
		}
		if (address.isNetworkOrBroadcast()) {
			throw new InvalidConfigurationPropertyValueException(property, text,
					"It must be the address of a host: the first and the last address of an IPv4 subnet mean the "
							+ "subnet and all of its hosts");
		}
		return address;
	}

	private static void requireWait(String property, Duration value) {
		if (value.isNegative() || value.isZero() || value.compareTo(MAX_WAIT) > 0) {
			throw invalid(property, value, "It must be longer than zero, and 1s at most");
		}
	}

	private static InvalidConfigurationPropertyValueException invalid(String property, @Nullable Object value,
			String reason) {
		return HaClusterPropertiesValidator.invalid("vip." + property, value, reason);
	}

}
