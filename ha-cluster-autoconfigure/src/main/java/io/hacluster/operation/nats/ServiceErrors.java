package io.hacluster.operation.nats;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * Says what NATS refuses: above all permissions that a user lacks.
 */
final class ServiceErrors implements ErrorListener {

	private static final Logger logger = LoggerFactory.getLogger(ServiceErrors.class);

	private final NodeIdentity identity;

	ServiceErrors(NodeIdentity identity) {
		this.identity = identity;
	}

	@Override
	public void errorOccurred(Connection connection, String error) {
		logger.warn("[{}] NATS refuses the service something: {}. The permissions that it needs are in the "
				+ "documentation of 'ha.cluster.nats.service'", this.identity, error);
	}

	@Override
	public void exceptionOccurred(Connection connection, Exception exception) {
		logger.debug("[{}] The connection of the service on NATS: {}", this.identity, exception.toString());
	}

}
