package io.hacluster.vip.announce;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.test.NetworkNamespace;
import io.hacluster.vip.CidrAddress;
import io.hacluster.vip.LinuxVirtualIp;
import io.hacluster.vip.VirtualIpException;
import io.hacluster.vip.VirtualIpSettings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Virtual IPs with all their parts, on hosts of one link, as a client on it sees them.
 */
class VirtualIpOnTheLinkTests {

	private static final Duration LEASE = Duration.ofSeconds(30);

	private final AnnounceBed bed;

	private final List<LinuxVirtualIp> open = new ArrayList<>();

	VirtualIpOnTheLinkTests() throws Exception {
		this.bed = new AnnounceBed();
	}

	@AfterEach
	void close() {
		this.open.forEach(LinuxVirtualIp::close);
		this.bed.close();
	}

	@Test
	void acquireMovesTheTrafficOfAClientAtOnce() throws Exception {
		LinuxVirtualIp a = vip("10.7.0.100/24");
		LinuxVirtualIp b = vip("10.7.0.100/24");
		acquire(this.bed.a(), a);
		List<Long> outages = new ArrayList<>();
		try (Pulse pulse = new Pulse(this.bed, AnnounceBed.IPV4)) {
			pulse.awaitAnswerOf(this.bed.a());
			for (int i = 0; i < 10; i++) {
				boolean toB = i % 2 == 0;
				release(toB ? this.bed.a() : this.bed.b(), toB ? a : b);
				long acquired = acquire(toB ? this.bed.b() : this.bed.a(), toB ? b : a);
				outages.add(pulse.awaitAnswerOf(toB ? this.bed.b() : this.bed.a()) - acquired);
			}
		}
		outages.sort(null);
		System.out.println("Traffic moved after the announcement, microseconds: "
				+ outages.stream().map(TimeUnit.NANOSECONDS::toMicros).toList());
		assertThat(outages.get(outages.size() / 2)).isLessThan(TimeUnit.SECONDS.toNanos(1));
	}

	@Test
	void acquireWhenAnotherNodeHoldsIsRefusedWithItsMac() throws Exception {
		acquire(this.bed.a(), vip("10.7.0.100/24", "fd07::100/64"));
		assertThatExceptionOfType(VirtualIpException.class)
			.isThrownBy(() -> acquire(this.bed.b(), vip("10.7.0.100/24", "fd07::100/64")))
			.withMessageContaining("10.7.0.100 is at " + this.bed.mac(this.bed.a()));
		assertThat(this.bed.b().ip("addr")).doesNotContain("10.7.0.100/32", "fd07::100/128");
	}

	@Test
	void acquireOfManyAddressesAnnouncesEachOfThem() throws Exception {
		String[] many = IntStream.range(0, 200)
			.mapToObj((i) -> (i % 2 == 0) ? "10.7.1." + i + "/16" : "fd07::1:" + i + "/64")
			.toArray(String[]::new);
		LinuxVirtualIp vip = vip(many);
		acquire(this.bed.a(), vip);
		assertThat(vip.status().announcements()).isGreaterThanOrEqualTo(200);
		assertThat(vip.status().problem()).isNull();
		assertThat(this.bed.whoAnswers(AnnounceBed.address("fd07::1:199"), LEASE)).contains(this.bed.a().name());
		release(this.bed.a(), vip);
		assertThat(this.bed.a().ip("addr")).doesNotContain("10.7.1.", "fd07::1:");
	}

	@Test
	void acquireWhenAddressIsThereForeverGivesItALifetime() throws Exception {
		this.bed.hold(this.bed.a(), AnnounceBed.IPV4);
		this.bed.hold(this.bed.a(), AnnounceBed.IPV6);
		acquire(this.bed.a(), vip("10.7.0.100/24", "fd07::100/64"));
		assertThat(this.bed.a().ip("addr", "show", "to", "10.7.0.100")).contains("valid_lft").doesNotContain("forever");
		assertThat(this.bed.a().ip("-6", "addr", "show", "to", "fd07::100")).contains("valid_lft")
			.doesNotContain("forever");
	}

	@Test
	void acquireWhenStrangerTakesTheAddressesReportsAndDefendsThem() throws Exception {
		LinuxVirtualIp vip = vip("10.7.0.100/24", "fd07::100/64");
		acquire(this.bed.a(), vip);
		acquire(this.bed.a(), vip);
		await("both rounds").until(() -> vip.status().announcements() == 4);
		assertThat(this.bed.whoAnswers(AnnounceBed.IPV4, LEASE)).contains(this.bed.a().name());
		assertThat(this.bed.whoAnswers(AnnounceBed.IPV6, LEASE)).contains(this.bed.a().name());
		for (InetAddress address : List.of(AnnounceBed.IPV4, AnnounceBed.IPV6)) {
			this.bed.hold(this.bed.b(), address);
			this.bed.announce(this.bed.b(), address);
			String stranger = this.bed.mac(this.bed.b());
			await().until(() -> this.bed.neighbor(this.bed.client(), address).contains(stranger));
		}
		await().until(() -> {
			acquire(this.bed.a(), vip);
			String holder = this.bed.mac(this.bed.a());
			return this.bed.neighbor(this.bed.client(), AnnounceBed.IPV4).contains(holder)
					&& this.bed.neighbor(this.bed.client(), AnnounceBed.IPV6).contains(holder);
		});
		assertThat(vip.status().announcements()).isEqualTo(6);
		assertThat(vip.status().problem()).startsWith("Another host claims the virtual IP: ")
			.contains(" is at " + this.bed.mac(this.bed.b()) + " on eth0");
		assertThat(vip.status().conflicts()).isOne();
		release(this.bed.a(), vip);
		assertThat(vip.status().problem()).isNull();
	}

	@Test
	void flappingLinkKeepsTheAddresses() throws Exception {
		LinuxVirtualIp vip = vip("10.7.0.100/24", "fd07::100/64");
		acquire(this.bed.a(), vip);
		for (int i = 0; i < 10; i++) {
			this.bed.a().ip("link", "set", "eth0", "down");
			this.bed.a().ip("link", "set", "eth0", "up");
		}
		// The kernel takes this away with the link.
		this.bed.a().ip("addr", "add", "fd07::1/64", "dev", "eth0", "nodad");
		acquire(this.bed.a(), vip);
		await().until(() -> answers(AnnounceBed.IPV4) && answers(AnnounceBed.IPV6));
		await().untilAsserted(() -> {
			// What went wrong while the link was down is over when a renewal succeeds.
			acquire(this.bed.a(), vip);
			assertThat(vip.status().problem()).isNull();
		});
	}

	@Test
	void linkThatIsMadeAnewGetsTheAddressesBack() throws Exception {
		LinuxVirtualIp vip = vip("10.7.0.100/24", "fd07::100/64");
		acquire(this.bed.a(), vip);
		assertThat(answers(AnnounceBed.IPV4)).isTrue();
		this.bed.a().ip("link", "del", "eth0");
		this.bed.a().connect("eth0", this.bed.bridge(), "10.7.0.1/24", "fd07::1/64");
		await().until(() -> answers(AnnounceBed.IPV4) && answers(AnnounceBed.IPV6));
		assertThat(vip.status().repairs()).isOne();
	}

	private boolean answers(InetAddress address) throws Exception {
		return this.bed.whoAnswers(address, Duration.ofMillis(200)).isPresent();
	}

	private LinuxVirtualIp vip(String... addresses) {
		VirtualIpSettings settings = new VirtualIpSettings("eth0",
				List.of(addresses).stream().map(CidrAddress::parse).toList(), 1, Duration.ofMillis(20),
				Duration.ofMinutes(10), true, Duration.ofMillis(200));
		LinuxVirtualIp vip = new LinuxVirtualIp(new NodeIdentity("test", new NodeId("a"), "1"), settings,
				new PacketAnnouncer(), new PacketConflictProbe(Duration.ofMillis(300), Ticker.SYSTEM),
				Clock.systemUTC());
		this.open.add(vip);
		return vip;
	}

	private long acquire(NetworkNamespace host, LinuxVirtualIp vip) throws Exception {
		return host.call(() -> {
			vip.acquire(() -> LEASE);
			return System.nanoTime();
		});
	}

	private void release(NetworkNamespace host, LinuxVirtualIp vip) throws Exception {
		host.call(() -> {
			vip.release();
			return true;
		});
	}

}
