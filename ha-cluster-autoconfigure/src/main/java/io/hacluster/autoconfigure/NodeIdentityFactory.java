package io.hacluster.autoconfigure;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.UUID;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;

/**
 * Determines who this node is.
 */
final class NodeIdentityFactory {

	private final HaClusterProperties properties;

	/**
	 * Creates the factory.
	 * @param properties properties that have been validated
	 */
	NodeIdentityFactory(HaClusterProperties properties) {
		this.properties = properties;
	}

	/**
	 * Creates the identity of this process.
	 * @return the identity, with a nonce of its own each time
	 */
	NodeIdentity create() {
		String name = Objects.requireNonNull(this.properties.name(), "'name' must not be null");
		return new NodeIdentity(name, nodeId(), UUID.randomUUID().toString());
	}

	private NodeId nodeId() {
		String configured = this.properties.nodeId();
		boolean named = configured != null && !configured.isBlank();
		String value = (configured != null && named) ? configured : hostName();
		try {
			return new NodeId(value);
		}
		catch (IllegalArgumentException ex) {
			throw HaClusterPropertiesValidator.invalid("node-id", value + (named ? "" : " (the name of this host)"),
					"It must be 1 to 63 letters, digits, '.', '-' or '_', beginning with a letter or digit");
		}
	}

	private static String hostName() {
		try {
			return InetAddress.getLocalHost().getHostName();
		}
		catch (UnknownHostException ex) {
			throw HaClusterPropertiesValidator.invalid("node-id", null,
					"It must be set, because the name of this host cannot be determined: " + ex.getMessage());
		}
	}

}
