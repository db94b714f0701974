package io.hacluster.backend.docker;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A published port as {@code docker run --publish} takes it, with a port of the host: one
 * that the engine chooses would not be found again after a failover.
 *
 * @param address address of the host, empty for all
 * @param port port of the host
 * @param containerPort port in the container
 * @param protocol {@code tcp}, {@code udp} or {@code sctp}
 */
record PortSpec(String address, int port, int containerPort, String protocol) {

	private static final Pattern SPEC = Pattern
		.compile("(?:(?:\\[([0-9A-Fa-f:]+)]|([0-9.]+)):)?([0-9]{1,5}):([0-9]{1,5})(?:/(tcp|udp|sctp))?");

	private static final int MAX_PORT = 65535;

	/**
	 * Parses a specification.
	 * @throws IllegalArgumentException if it is none
	 */
	static PortSpec parse(String text) {
		Matcher matcher = SPEC.matcher(text);
		if (!matcher.matches()) {
			throw new IllegalArgumentException(
					"'" + text + "' is not of the form [<address>:]<port>:<port in the container>[/udp]");
		}
		String address = (matcher.group(1) != null) ? matcher.group(1) : matcher.group(2);
		return new PortSpec((address != null) ? address : "", port(text, matcher.group(3)),
				port(text, matcher.group(4)), (matcher.group(5) != null) ? matcher.group(5) : "tcp");
	}

	private static int port(String text, String digits) {
		int port = Integer.parseInt(digits);
		if (port < 1 || port > MAX_PORT) {
			throw new IllegalArgumentException("'" + text + "' has a port that is not 1 to " + MAX_PORT);
		}
		return port;
	}

}
