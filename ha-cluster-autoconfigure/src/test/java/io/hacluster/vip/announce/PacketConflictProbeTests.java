package io.hacluster.vip.announce;

import java.net.InetAddress;
import java.time.Duration;
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
		Thread announcing = new Thread(() -> {
			while (!Thread.currentThread().isInterrupted()) {
				try {
					this.bed.announce(this.bed.b(), AnnounceBed.IPV4);
				}
				catch (Exception ex) {
					return;
				}
			}
		});
		announcing.start();
		try {
			assertThat(holders(Duration.ofMillis(100), Duration.ofSeconds(5)))
				.containsOnly(Map.entry(AnnounceBed.IPV4, this.bed.link(this.bed.b()).mac()));
		}
		finally {
			announcing.interrupt();
			announcing.join();
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
