package io.hacluster.autoconfigure;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The service on NATS, below {@code ha.cluster.nats.service}.
 *
 * @param enabled Whether the node can be asked on NATS, at "ha.", the name of the
 * cluster, its id and the verb.
 * @param access What may be asked for.
 */
public record NatsServiceProperties(@DefaultValue("false") boolean enabled, @DefaultValue("read-only") Access access) {

	/**
	 * What may be asked for.
	 */
	public enum Access {

		/**
		 * Only what changes nothing.
		 */
		READ_ONLY,

		/**
		 * Also what changes the cluster.
		 */
		UNRESTRICTED

	}

}
