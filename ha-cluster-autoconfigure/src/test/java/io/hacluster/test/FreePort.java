package io.hacluster.test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A TCP port of the loopback interface on which nobody listens. It lies below the range
 * from which Linux takes the ports of outgoing connections: one of those would get the
 * port while a server of a test is down, and a client that tries a dead port of that
 * range often enough in the end connects to itself.
 */
public final class FreePort {

	private static final int FIRST = 10_000;

	private static final int END = 32_000;

	private FreePort() {
	}

	/**
	 * Finds a port.
	 * @return a port that was free a moment ago
	 */
	public static int find() {
		for (int attempt = 0; attempt < 1000; attempt++) {
			int port = ThreadLocalRandom.current().nextInt(FIRST, END);
			try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
				return socket.getLocalPort();
			}
			catch (IOException ex) {
				// taken
			}
		}
		throw new IllegalStateException("No port from " + FIRST + " to " + END + " is free");
	}

}
