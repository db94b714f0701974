package io.hacluster.operation.nats;

import io.hacluster.NodeIdentity;

/**
 * The names under which a node can be asked.
 */
final class ServiceSubjects {

	private final String group;

	private final String service;

	ServiceSubjects(NodeIdentity identity) {
		// A dot, which an id may have and a token of a subject not, becomes what an id
		// cannot have
		this.group = "ha." + identity.cluster() + "." + identity.nodeId().value().replace(".", "%2E");
		this.service = "ha-" + identity.cluster();
	}

	/**
	 * Returns the name that all nodes of the cluster give to the service.
	 * @return {@code ha-<cluster>}
	 */
	String service() {
		return this.service;
	}

	/**
	 * Returns the subject of a verb.
	 * @param verb the verb
	 * @return {@code ha.<cluster>.<node>.<verb>}
	 */
	String of(String verb) {
		return this.group + "." + verb;
	}

}
