package io.hacluster.autoconfigure;

import java.net.URISyntaxException;
import java.util.List;
import java.util.function.Supplier;

import io.nats.client.support.NatsUri;

/**
 * The hosts of the configured servers. A cluster of NATS servers tells its clients the
 * addresses of all its members, which certificates need not have: such a server must have
 * a certificate for a configured name, as with the clients of NATS in other languages.
 */
final class NatsServerNames {

	private final Supplier<List<String>> servers;

	NatsServerNames(Supplier<List<String>> servers) {
		this.servers = servers;
	}

	/**
	 * Returns the name that the certificate of a host must have.
	 * @param host the host connected to
	 * @return the host, or the first that is configured
	 */
	String verified(String host) {
		List<String> hosts = this.servers.get().stream().map(NatsServerNames::host).toList();
		return (hosts.isEmpty() || hosts.contains(host)) ? host : hosts.get(0);
	}

	/**
	 * Returns whether a server is to be talked to over TLS whatever it says itself.
	 * @return whether the URL of any server says so
	 */
	boolean requireTls() {
		return this.servers.get().stream().anyMatch((server) -> server.startsWith("tls:") || server.startsWith("wss:"));
	}

	private static String host(String server) {
		try {
			return new NatsUri(server).getHost();
		}
		catch (URISyntaxException ex) {
			return "";
		}
	}

}
