package io.hacluster.vip.announce;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.hacluster.test.NetworkNamespace;
import io.hacluster.vip.Link;
import io.hacluster.vip.VirtualIpException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link PacketAnnouncer}, with kernels as neighbours.
 */
class PacketAnnouncerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

	private final AnnounceBed bed;

	PacketAnnouncerTests() throws Exception {
		this.bed = new AnnounceBed();
	}

	@AfterEach
	void close() {
		this.bed.close();
	}

	static Stream<InetAddress> addresses() {
		return Stream.of(AnnounceBed.IPV4, AnnounceBed.IPV6);
	}

	@ParameterizedTest
	@MethodSource("addresses")
	void announceMovesTheNeighborsOfAnAddressAtOnce(InetAddress address) throws Exception {
		move(address);
		this.bed.announce(this.bed.b(), address);
		await().until(() -> this.bed.neighbor(this.bed.client(), address).contains(this.bed.mac(this.bed.b())));
		assertThat(this.bed.whoAnswers(address, PATIENCE)).contains(this.bed.b().name());
	}

	@ParameterizedTest
	@MethodSource("addresses")
	void withoutAnnouncementNeighborsKeepTheOldHost(InetAddress address) throws Exception {
		move(address);
		assertThat(this.bed.neighbor(this.bed.client(), address)).contains(this.bed.mac(this.bed.a()));
		assertThat(this.bed.whoAnswers(address, Duration.ofSeconds(1))).isEmpty();
		assertThat(this.bed.neighbor(this.bed.client(), address)).contains(this.bed.mac(this.bed.a()));
	}

	@Test
	void announceSendsBothFormsOfArpAndAnAdvertisement() throws Exception {
		Link link = this.bed.link(this.bed.b());
		try (Capture capture = this.bed.client()
			.call(() -> new Capture(this.bed.link(this.bed.client()), link.mac()))) {
			this.bed.announce(this.bed.b(), AnnounceBed.IPV4, AnnounceBed.IPV6);
			String mac = link.mac().toString().replace(":", "");
			String arp = "ffffffffffff" + mac + "0806" + "000108000604";
			String advertisement = "333300000001" + mac + "86dd" + HexFormat.of()
				.formatHex(NeighborPacket.advertisement(link.mac(), (Inet6Address) AnnounceBed.IPV6).encode());
			await().untilAsserted(() -> assertThat(capture.frames()).containsSubsequence(
					arp + "0001" + mac + "0a070064" + "000000000000" + "0a070064",
					arp + "0002" + mac + "0a070064" + mac + "0a070064", advertisement));
			assertThat(capture.frames()).filteredOn((frame) -> frame.startsWith(arp)).hasSize(2);
		}
	}

	@Test
	void announceWhenInterfaceWasMadeAnewUsesItsNewIndex() throws Exception {
		NetworkNamespace b = this.bed.b();
		move(AnnounceBed.IPV4);
		b.call(() -> {
			try (PacketAnnouncer announcer = new PacketAnnouncer()) {
				Link old = this.bed.link(b);
				announcer.announce(old, List.of(AnnounceBed.IPV4));
				b.ip("link", "del", AnnounceBed.INTERFACE);
				assertThatExceptionOfType(VirtualIpException.class)
					.isThrownBy(() -> announcer.announce(old, List.of(AnnounceBed.IPV4)))
					.withMessage("Cannot send on eth0: there is no such interface any more");
				b.connect(AnnounceBed.INTERFACE, this.bed.bridge(), "10.7.0.2/24");
				this.bed.hold(b, AnnounceBed.IPV4);
				assertThat(this.bed.link(b).index()).isNotEqualTo(old.index());
				announcer.announce(this.bed.link(b), List.of(AnnounceBed.IPV4));
			}
			return null;
		});
		await().until(() -> this.bed.neighbor(this.bed.client(), AnnounceBed.IPV4).contains(this.bed.mac(b)));
	}

	@Test
	void announceWhenInterfaceIsDownFails() throws Exception {
		NetworkNamespace b = this.bed.b();
		b.ip("link", "set", AnnounceBed.INTERFACE, "down");
		assertThatExceptionOfType(VirtualIpException.class)
			.isThrownBy(() -> this.bed.announce(b, AnnounceBed.IPV4, AnnounceBed.IPV6))
			.withMessage("Cannot send on eth0: the interface is down");
		b.ip("link", "set", AnnounceBed.INTERFACE, "up");
		this.bed.announce(b, AnnounceBed.IPV4);
	}

	@Test
	void announceOnAnInterfaceWithoutHardwareAddressDoesNothing() {
		try (PacketAnnouncer announcer = new PacketAnnouncer()) {
			announcer.announce(new Link(1, "lo", null, true), List.of(AnnounceBed.IPV4));
		}
	}

	/**
	 * The client has spoken to {@code a} when the address goes on to {@code b}.
	 */
	private void move(InetAddress address) throws Exception {
		this.bed.hold(this.bed.a(), address);
		assertThat(this.bed.whoAnswers(address, PATIENCE)).contains(this.bed.a().name());
		assertThat(this.bed.neighbor(this.bed.client(), address)).contains(this.bed.mac(this.bed.a()));
		this.bed.drop(this.bed.a(), address);
		this.bed.hold(this.bed.b(), address);
	}

}
