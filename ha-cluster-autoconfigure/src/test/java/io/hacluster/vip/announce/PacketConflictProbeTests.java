package io.hacluster.vip.announce;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.hacluster.Ticker;
import io.hacluster.test.NetworkNamespace;
import io.hacluster.vip.Link;
import io.hacluster.vip.MacAddress;
import io.hacluster.vip.VirtualIpException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link PacketConflictProbe}, with kernels as strangers.
 */
class PacketConflictProbeTests {

	private static final Duration WAIT = Duration.ofMillis(200);

	private static final List<InetAddress> BOTH = List.of(AnnounceBed.IPV4, AnnounceBed.IPV6);

	private final AnnounceBed bed;

	PacketConflictProbeTests() throws Exception {
		this.bed = new AnnounceBed();
	}

	@AfterEach
	void close() {
		this.bed.close();
	}

	@Test
	void holdersWhenNobodyHasTheAddressesIsEmpty() throws Exception {
		assertThat(holders(Duration.ofSeconds(1), WAIT)).isEmpty();
	}

	@Test
	void holdersAsksThreeTimesAndClaimsNothing() throws Exception {
		MacAddress asking = this.bed.link(this.bed.a()).mac();
		try (Capture capture = this.bed.client().call(() -> new Capture(this.bed.link(this.bed.client()), asking))) {
			holders(Duration.ZERO, Duration.ofSeconds(2));
			String mac = asking.toString().replace(":", "");
			String arp = "ffffffffffff" + mac + "0806" + "0001080006040001" + mac + "00000000" + "000000000000"
					+ "0a070064";
			String solicitation = "3333ff000100" + mac + "86dd"
					+ HexFormat.of().formatHex(NeighborPacket.probe((Inet6Address) AnnounceBed.IPV6).encode());
			assertThat(capture.frames()).filteredOn(arp::equals).hasSizeBetween(1, 3);
			assertThat(capture.frames()).filteredOn(solicitation::equals).hasSizeBetween(1, 3);
			assertThat(capture.frames()).filteredOn((frame) -> frame.startsWith("0806", 24)).containsOnly(arp);
		}
	}

	@Test
	void holdersWhenSomebodyElseAsksWhoHasTheAddressIsEmpty() throws Exception {
		this.bed.client().ip("neigh", "flush", "all");
		try (Background background = new Background(() -> {
			this.bed.whoAnswers(AnnounceBed.IPV4, Duration.ofMillis(10));
			return this.bed.whoAnswers(AnnounceBed.IPV6, Duration.ofMillis(10));
		})) {
			assertThat(holders(Duration.ZERO, Duration.ofSeconds(1))).isEmpty();
			background.verify();
		}
	}

	@Test
	void holdersWhenStrangerProbesAsWellNamesHim() throws Exception {
		Link stranger = this.bed.link(this.bed.b());
		try (Background background = new Background(() -> this.bed.b().call(() -> {
			try (PacketSocket socket = PacketSocket.open()) {
				BOTH.forEach((address) -> socket.send(stranger, OutgoingPacket.probe(stranger.mac(), address)));
			}
			return null;
		}))) {
			assertThat(holders(Duration.ofMillis(500), Duration.ofSeconds(5)))
				.isEqualTo(Map.of(AnnounceBed.IPV4, stranger.mac(), AnnounceBed.IPV6, stranger.mac()));
			background.verify();
		}
	}

	@Test
	void holdersWhenInterfaceIsDownFails() {
		this.bed.a().ip("link", "set", "eth0", "down");
		assertThatExceptionOfType(VirtualIpException.class).isThrownBy(() -> holders(Duration.ZERO, WAIT))
			.withMessageEndingWith("the interface is down");
	}

	@Test
	void holdersWhenInterfaceGoesDownMeanwhileFails() throws Exception {
		Thread cutting = new Thread(() -> this.bed.a().ip("link", "set", "eth0", "down"));
		cutting.start();
		assertThatExceptionOfType(VirtualIpException.class)
			.isThrownBy(() -> holders(Duration.ZERO, Duration.ofSeconds(60)))
			.withMessageEndingWith("the interface is down");
		cutting.join();
	}

	@Test
	void holdersWhenStrangersHaveTheAddressesNamesThem() throws Exception {
		this.bed.hold(this.bed.b(), AnnounceBed.IPV4);
		this.bed.hold(this.bed.client(), AnnounceBed.IPV6);
		assertThat(holders(Duration.ofMillis(300), Duration.ofSeconds(1))).containsOnly(
				Map.entry(AnnounceBed.IPV4, this.bed.link(this.bed.b()).mac()),
				Map.entry(AnnounceBed.IPV6, this.bed.link(this.bed.client()).mac()));
	}

	@Test
	void holdersWhenTheAddressIsOnThisHostIsEmpty() throws Exception {
		NetworkNamespace a = this.bed.a();
		a.connect("eth1", this.bed.bridge());
		a.ip("addr", "flush", "dev", "eth1");
		a.ip("addr", "add", "10.7.0.100/32", "dev", "eth1");
		a.ip("addr", "add", "fd07::100/128", "dev", "eth1", "nodad");
		assertThat(holders(Duration.ZERO, WAIT)).isEmpty();
	}

	@Test
	void holdersWhenFormerLeaderStillHasTheAddressesWaitsUntilItsKernelRemovesThem() throws Exception {
		this.bed.b().ip("addr", "add", "10.7.0.100/32", "dev", "eth0", "valid_lft", "1", "preferred_lft", "1");
		this.bed.b().ip("addr", "add", "fd07::100/128", "dev", "eth0", "nodad", "valid_lft", "1", "preferred_lft", "1");
		assertThat(holders(Duration.ofSeconds(30), WAIT)).isEmpty();
		assertThat(this.bed.b().ip("addr", "show")).doesNotContain("10.7.0.100", "fd07::100");
	}

	@Test
	void holdersWhenStrangerOnlyAnnouncesNamesHim() throws Exception {
		this.bed.b().run("sysctl", "-q", "-w", "net.ipv4.conf.all.arp_ignore=8");
		this.bed.hold(this.bed.b(), AnnounceBed.IPV4);
		try (Background background = new Background(() -> {
			this.bed.announce(this.bed.b(), AnnounceBed.IPV4);
			return null;
		})) {
			assertThat(holders(Duration.ofMillis(100), Duration.ofSeconds(5)))
				.containsOnly(Map.entry(AnnounceBed.IPV4, this.bed.link(this.bed.b()).mac()));
			background.verify();
		}
	}

	@Test
	void holdersWhenInterruptedEndsAndKeepsTheInterrupt() throws Exception {
		boolean kept = this.bed.a().call(() -> {
			Thread.currentThread().interrupt();
			assertThatExceptionOfType(VirtualIpException.class).isThrownBy(() -> probe(Duration.ZERO)
				.holders(new Link(1, "lo", new MacAddress(0), true), BOTH, Duration.ofHours(1)));
			return Thread.interrupted();
		});
		assertThat(kept).isTrue();
	}

	private Map<InetAddress, MacAddress> holders(Duration patience, Duration wait) throws Exception {
		return this.bed.a().call(() -> probe(patience).holders(this.bed.link(this.bed.a()), BOTH, wait));
	}

	private static PacketConflictProbe probe(Duration patience) {
		return new PacketConflictProbe(patience, Ticker.SYSTEM);
	}

}
