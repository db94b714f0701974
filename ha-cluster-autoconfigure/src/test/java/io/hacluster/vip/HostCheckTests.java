package io.hacluster.vip;

import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

import com.sun.jna.LastErrorException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.test.NetworkNamespace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link HostCheck} against the kernel.
 */
class HostCheckTests {

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
		this.host.close();
		this.network.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "10.0.0.100/24", "10.0.0.100", "2001:db8::100/64" })
	void addressInASubnetOfTheInterfaceIsRight(String address) throws Exception {
		verify("eth0", address);
	}

	@Test
	void missingInterfaceIsNamedWithThoseThatAreThere() {
		assertThatExceptionOfType(UnusableVirtualIpException.class).isThrownBy(() -> verify("eth1", "10.0.0.100/24"))
			.withMessage("There is no network interface eth1 on this host for the virtual IP, but eth0, lo.")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("ha.cluster.vip.interface"));
	}

	@Test
	void addressOutsideEverySubnetIsRefused() {
		assertThatExceptionOfType(UnusableVirtualIpException.class).isThrownBy(() -> verify("eth0", "10.0.1.100/24"))
			.withMessageContaining("10.0.1.100/24 is in no subnet of eth0, which has 10.0.0.2/24")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("ha.cluster.vip.addresses"));
		this.host.ip("addr", "flush", "dev", "eth0", "scope", "global");
		assertThatExceptionOfType(UnusableVirtualIpException.class).isThrownBy(() -> verify("eth0", "10.0.0.100/24"))
			.withMessageContaining("no IPv4 address");
	}

	@Test
	void addressInASubnetThatIsRoutedOntoTheInterfaceIsRight() throws Exception {
		// As with DHCPv6, where the address stands alone and the router tells the subnet.
		this.host.ip("-6", "route", "add", "2001:db8:1::/64", "dev", "eth0");
		verify("eth0", "2001:db8:1::100/64");
	}

	@Test
	void addressOnAnInterfaceWithoutNeighboursNeedsNoSubnet() throws Exception {
		verify("lo", "192.0.2.1/32");
	}

	@Test
	void addressThatIsConfiguredOnTheHostIsRefused() {
		this.host.ip("addr", "add", "10.0.0.100/24", "dev", "eth0");
		assertThatExceptionOfType(UnusableVirtualIpException.class).isThrownBy(() -> verify("eth0", "10.0.0.100/24"))
			.withMessageContaining("10.0.0.100/24 is on this host already")
			.satisfies((ex) -> assertThat(ex.getAction()).contains("ip addr del 10.0.0.100/24"));
		assertThat(this.host.ip("addr", "show", "dev", "eth0")).contains("10.0.0.100/24");
	}

	@Test
	void addressThatAFormerLifeHasLeftIsTakenAway() throws Exception {
		this.host.call(() -> {
			try (RtnetlinkTable table = new RtnetlinkTable()) {
				table.put(table.link("eth0").orElseThrow(), CidrAddress.parse("10.0.0.100"), 60);
			}
			return true;
		});
		verify("eth0", "10.0.0.100/24");
		assertThat(this.host.ip("addr", "show", "dev", "eth0")).doesNotContain("10.0.0.100");
	}

	@ParameterizedTest
	@CsvSource({ "1, Grant CAP_NET_RAW", "13, Grant CAP_NET_RAW", "97, Do what is said above" })
	void actionIsToGrantTheCapabilityOnlyWhereItLacks(int errno, String action) {
		FakeTable.Announced announcer = new FakeTable.Announced();
		announcer.refusal = new VirtualIpException("Refused", new LastErrorException(errno));
		FakeTable table = new FakeTable();
		table.link = new Link(2, "eth0", FakeTable.MAC, false);
		HostCheck check = new HostCheck(new NodeIdentity("test", new NodeId("a"), "1"),
				settings("eth0", "10.0.0.100/24"), table, announcer);
		assertThatExceptionOfType(UnusableVirtualIpException.class).isThrownBy(check::run)
			.withMessage("The virtual IP cannot be announced. Refused.")
			.satisfies(
					(ex) -> assertThat(ex.getAction()).startsWith(action).endsWith("Or leave 'ha.cluster.vip' out."));
	}

	@Test
	void interfaceThatIsDownIsNoReasonNotToStart() throws Exception {
		this.host.ip("link", "set", "eth0", "down");
		verify("eth0", "10.0.0.100/24", "2001:db8::100/64");
	}

	private void verify(String interfaceName, String... addresses) throws Exception {
		this.host.call(() -> {
			try (LinuxVirtualIp vip = new LinuxVirtualIp(new NodeIdentity("test", new NodeId("a"), "1"),
					settings(interfaceName, addresses), new FakeTable.Announced(), (link, asked, wait) -> Map.of(),
					Clock.systemUTC())) {
				vip.verify();
			}
			return true;
		});
	}

	private static VirtualIpSettings settings(String interfaceName, String... addresses) {
		return new VirtualIpSettings(interfaceName, Arrays.stream(addresses).map(CidrAddress::parse).toList(), 1,
				Duration.ofMillis(50), Duration.ZERO, true, Duration.ofMillis(100));
	}

}
