package io.hacluster.vip;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.test.NetworkNamespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link LinuxVirtualIp} against the kernel, in a network of its own.
 */
class LinuxVirtualIpTests {

	private static final Duration LEASE = Duration.ofSeconds(3);

	private final List<InetAddress> announced = new CopyOnWriteArrayList<>();

	private final List<LinuxVirtualIp> open = new ArrayList<>();

	private NetworkNamespace network;

	private NetworkNamespace host;

	@BeforeEach
	void connect() {
		this.network = NetworkNamespace.bridge("vip-net");
		this.host = NetworkNamespace.host("vip-a");
		this.host.connect("eth0", this.network, "10.0.0.2/24", "2001:db8::2/64");
	}

	@AfterEach
	void close() {
		this.open.forEach(LinuxVirtualIp::close);
		this.host.close();
		this.network.close();
	}

	@Test
	void acquireAddsTheAddressesAloneMarkedAndWithALifetime() throws Exception {
		LinuxVirtualIp vip = vip("10.0.0.100/24", "2001:db8::100/64");
		acquire(vip, Duration.ofMillis(2900));
		assertThat(show()).contains("inet 10.0.0.100/32")
			.contains("inet6 2001:db8::100/128")
			.doesNotContain("tentative");
		vip.release();
		assertThat(show()).doesNotContain("10.0.0.100").doesNotContain("2001:db8::100");
		assertThat(this.announced).contains(InetAddress.getByName("10.0.0.100"),
				InetAddress.getByName("2001:db8::100"));
	}

	private String show() {
		return this.host.ip("addr", "show", "dev", "eth0");
	}

	private void acquire(LinuxVirtualIp vip, Duration lifetime) throws Exception {
		this.host.call(() -> {
			vip.acquire(() -> lifetime);
			return Optional.empty();
		});
	}

	private LinuxVirtualIp vip(String... addresses) {
		VirtualIpSettings settings = new VirtualIpSettings("eth0",
				List.of(addresses).stream().map(CidrAddress::parse).toList(), 2, Duration.ofMillis(50),
				Duration.ofSeconds(30), true, Duration.ofMillis(100));
		LinuxVirtualIp vip = new LinuxVirtualIp(new NodeIdentity("test", new NodeId("a"), "1"), settings,
				new Announcer() {

					@Override
					public void verify(Link link) {
					}

					@Override
					public void announce(Link link, List<InetAddress> addresses) {
						LinuxVirtualIpTests.this.announced.addAll(addresses);
					}

				}, (link, asked, wait) -> Map.of(), Clock.systemUTC());
		this.open.add(vip);
		return vip;
	}

}
