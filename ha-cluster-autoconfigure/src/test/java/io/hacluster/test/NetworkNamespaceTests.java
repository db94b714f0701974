package io.hacluster.test;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link NetworkNamespace}.
 */
class NetworkNamespaceTests {

	@Test
	void callRunsOnThatHostAndLeavesTheCallerWhereItIs() throws Exception {
		try (NetworkNamespace bridge = NetworkNamespace.bridge("test-br");
				NetworkNamespace a = NetworkNamespace.host("test-a");
				NetworkNamespace b = NetworkNamespace.host("test-b")) {
			a.connect("hatest0", bridge, "10.0.0.1/24");
			b.connect("hatest0", bridge, "10.0.0.2/24");
			try (ServerSocket server = a.call(() -> new ServerSocket(0, 1, InetAddress.getByName("10.0.0.1")));
					Socket client = b.call(() -> {
						Socket socket = new Socket();
						socket.connect(new InetSocketAddress("10.0.0.1", server.getLocalPort()), 10_000);
						return socket;
					})) {
				assertThat(client.getLocalAddress()).isEqualTo(InetAddress.getByName("10.0.0.2"));
			}
			assertThat(NetworkInterface.getByName("hatest0")).isNull();
			assertThat(a.run("cat", "/proc/sys/net/ipv4/ip_forward")).isEqualTo("0\n");
		}
	}

}
