package io.hacluster.vip;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.junit.jupiter.api.Test;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link LinuxVirtualIp} on a clock that the test moves.
 */
class VirtualIpHoldTests {

	private static final String ADDRESS = "10.0.0.100";

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

	private final FakeTable host = new FakeTable();

	private final FakeTable.Announced announced = new FakeTable.Announced();

	private final Map<InetAddress, MacAddress> strangers = new HashMap<>();

	private int probes;

	private final LinuxVirtualIp vip = new LinuxVirtualIp(new NodeIdentity("test", new NodeId("a"), "1"),
			new VirtualIpSettings("eth0", List.of(CidrAddress.parse(ADDRESS + "/24")), 5, Duration.ofMillis(50),
					Duration.ofSeconds(10), true, Duration.ofMillis(200)),
			this.announced, (link, addresses, wait) -> {
				this.probes++;
				return this.strangers;
			}, Clock.fixed(NOW, ZoneOffset.UTC), this.host, this.host, false);

	@Test
	void lifetimeIsRoundedDownToWholeSeconds() {
		this.vip.acquire(() -> Duration.ofMillis(2999));
		assertThat(this.host.lifetime(ADDRESS)).isEqualTo(Duration.ofSeconds(2));
		this.vip.acquire(() -> Duration.ofMillis(3000));
		assertThat(this.host.lifetime(ADDRESS)).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void lifetimeInTheLastSecondStaysAsItIs() {
		this.vip.acquire(() -> Duration.ofMillis(2500));
		advance(1600);
		this.host.calls.clear();
		this.vip.acquire(() -> Duration.ofMillis(900));
		assertThat(this.host.calls).isEmpty();
		assertThat(this.host.lifetime(ADDRESS)).isEqualTo(Duration.ofMillis(400));
	}

	@Test
	void acquireWhenTooLittleIsLeftWaitsForTheNextRenewal() {
		AtomicReference<Duration> left = new AtomicReference<>(Duration.ofMillis(500));
		Thread renewal = new Thread(() -> left.set(Duration.ofSeconds(3)));
		this.vip.acquire(new Supplier<>() {

			private int asked;

			@Override
			public Duration get() {
				if (++this.asked == 3) {
					renewal.start();
				}
				return left.get();
			}

		});
		assertThat(this.host.lifetime(ADDRESS)).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void acquireWhenTheLeaseHasEndedTakesNothing() throws IOException {
		assertThatExceptionOfType(VirtualIpException.class).isThrownBy(() -> this.vip.acquire(() -> Duration.ZERO))
			.withMessageContaining("The lease ended");
		assertThat(this.host.has(ADDRESS)).isFalse();
		assertThat(this.vip.status().held()).isFalse();
		assertThat(this.vip.status().lastFailure()).isNotNull();
	}

	@Test
	void processFrozenBeforeTheCallDoesNotResurrectTheAddress() throws IOException {
		this.vip.acquire(() -> Duration.ofSeconds(3));
		advance(9000);
		// The lease is asked late: what it says is true at the time of the call.
		assertThatExceptionOfType(VirtualIpException.class)
			.isThrownBy(() -> this.vip.acquire(() -> Duration.ofSeconds(-6)));
		assertThat(this.host.has(ADDRESS)).isFalse();
		assertThat(this.announced.take()).isOne();
	}

	@Test
	void processFrozenWhileItAsksForTheLeaseDoesNotResurrectTheAddress() throws IOException {
		this.vip.acquire(() -> Duration.ofSeconds(3));
		this.announced.take();
		assertThatExceptionOfType(VirtualIpException.class).isThrownBy(() -> this.vip.acquire(() -> {
			// Read, then frozen, then returned.
			advance(9000);
			return Duration.ofMillis(2900);
		}));
		assertThat(this.host.has(ADDRESS)).isFalse();
		assertThat(this.announced.take()).isZero();
	}

	@Test
	void processFrozenRightBeforeTheKernelIsAskedGivesTheAddressUpAtOnce() throws IOException {
		this.vip.acquire(() -> Duration.ofSeconds(3));
		this.announced.take();
		this.host.beforePut = () -> {
			this.host.beforePut = () -> {
			};
			advance(9000);
		};
		assertThatExceptionOfType(VirtualIpException.class)
			.isThrownBy(() -> this.vip.acquire(() -> Duration.ofMillis(2900)));
		assertThat(this.host.calls).contains("put 10.0.0.100 2");
		assertThat(this.host.has(ADDRESS)).isFalse();
		assertThat(this.announced.take()).isZero();
	}

	@Test
	void processFrozenForShortRightBeforeTheKernelIsAskedShortensTheLifetime() throws IOException {
		this.vip.acquire(() -> Duration.ofSeconds(5));
		this.host.beforePut = () -> {
			this.host.beforePut = () -> {
			};
			advance(1500);
		};
		this.vip.acquire(() -> Duration.ofSeconds(5));
		assertThat(this.host.lifetime(ADDRESS)).isLessThanOrEqualTo(Duration.ofMillis(3500)).isPositive();
	}

	@Test
	void repairAfterTheDeadlineIsNotMade() throws IOException {
		this.vip.acquire(() -> Duration.ofSeconds(3));
		advance(3000);
		this.host.calls.clear();
		this.vip.look(List.of(removed()));
		assertThat(this.host.calls).noneMatch((call) -> call.startsWith("put"));
		assertThat(this.host.has(ADDRESS)).isFalse();
	}

	@Test
	void addressThatWasNotReleasedIsTakenAwayAtTheDeadline() throws IOException {
		this.vip.acquire(() -> Duration.ofMillis(3100));
		this.host.addresses.put(CidrAddress.parse(ADDRESS), null);
		advance(3100);
		this.vip.look(List.of());
		assertThat(this.host.has(ADDRESS)).isFalse();
		assertThat(this.vip.status().held()).isFalse();
	}

	@Test
	void addressTakenAwayByHandIsPutBackAndAnnouncedAtOnce() throws IOException {
		this.vip.acquire(() -> Duration.ofSeconds(3));
		this.announced.take();
		this.host.addresses.clear();
		this.vip.look(List.of(removed()));
		assertThat(this.host.has(ADDRESS)).isTrue();
		assertThat(this.announced.take()).isOne();
		assertThat(this.vip.status().repairs()).isOne();
		assertThat(this.probes).isOne();
	}

	@Test
	void addressTakenAwayAgainAndAgainIsPutBackWithTheRenewalsOnly() throws IOException {
		this.vip.acquire(() -> Duration.ofSeconds(10));
		for (int i = 0; i < 20; i++) {
			this.host.addresses.clear();
			this.vip.look(List.of(removed()));
		}
		assertThat(this.vip.status().repairs()).isEqualTo(5);
		assertThat(this.host.has(ADDRESS)).isFalse();
		this.vip.acquire(() -> Duration.ofSeconds(10));
		assertThat(this.host.has(ADDRESS)).isTrue();
		advance(10_000);
		this.vip.acquire(() -> Duration.ofSeconds(10));
		this.host.addresses.clear();
		this.vip.look(List.of(removed()));
		assertThat(this.host.has(ADDRESS)).isTrue();
	}

	@Test
	void changesOfOtherAddressesAndInterfacesMeanNothing() {
		this.vip.acquire(() -> Duration.ofSeconds(3));
		this.host.addresses.clear();
		this.host.calls.clear();
		this.vip.look(List.of(
				new HostChange(HostChange.Kind.ADDRESS_REMOVED, null,
						new AssignedAddress(2, CidrAddress.parse("10.0.0.10/32"), false, false)),
				new HostChange(HostChange.Kind.ADDRESS_REMOVED, null,
						new AssignedAddress(3, CidrAddress.parse("10.0.0.100/32"), false, false)),
				HostChange.link(HostChange.Kind.LINK_CHANGED, new Link(3, "eth1", null, true))));
		assertThat(this.host.calls).isEmpty();
	}

	@Test
	void announcementsAreMadeAtOnceAfterASecondAndAtIntervals() {
		this.vip.acquire(() -> Duration.ofSeconds(60));
		assertThat(this.announced.take()).isOne();
		int[] perHalfSecond = new int[44];
		for (int i = 0; i < perHalfSecond.length; i++) {
			for (int step = 0; step < 50; step++) {
				advance(10);
				this.vip.look(List.of());
			}
			perHalfSecond[i] = this.announced.take();
		}
		assertThat(perHalfSecond).startsWith(4, 1, 4, 0, 0).contains(1);
		assertThat(java.util.Arrays.stream(perHalfSecond).sum()).isEqualTo(9 + 2);
		assertThat(this.vip.status().announcements()).isEqualTo(12);
	}

	@Test
	void renewalInTimeIsNotAnnouncedAndALateOneIs() {
		this.vip.acquire(() -> Duration.ofMillis(3000));
		settle();
		this.vip.acquire(() -> Duration.ofMillis(3000));
		assertThat(this.announced.take()).isZero();
		advance(2999);
		this.vip.acquire(() -> Duration.ofMillis(3000));
		assertThat(this.announced.take()).isZero();
		advance(3000);
		this.vip.acquire(() -> Duration.ofMillis(3000));
		assertThat(this.announced.take()).isOne();
	}

	@Test
	void linkThatComesBackIsAnnouncedOnAndLinkThatIsDownIsAProblem() {
		this.vip.acquire(() -> Duration.ofSeconds(60));
		settle();
		link(false);
		assertThat(this.vip.status().problem()).contains("eth0 is down or has no carrier");
		link(true);
		assertThat(this.vip.status().problem()).isNull();
		assertThat(this.announced.take()).isOne();
	}

	@Test
	void linkThatIsSeenToHaveFlappedIsAnnouncedOn() {
		this.vip.acquire(() -> Duration.ofSeconds(60));
		settle();
		this.vip.look(List.of(HostChange.link(HostChange.Kind.LINK_CHANGED, new Link(2, "eth0", FakeTable.MAC, false)),
				HostChange.link(HostChange.Kind.LINK_CHANGED, new Link(2, "eth0", FakeTable.MAC, true))));
		assertThat(this.announced.take()).isOne();
	}

	@Test
	void acquireWhenTheLinkIsDownFails() {
		link(false);
		assertThatThrownBy(() -> this.vip.acquire(() -> Duration.ofSeconds(3))).hasMessageContaining("no carrier");
		assertThat(this.host.calls).noneMatch((call) -> call.startsWith("put"));
	}

	@Test
	void acquireWhenTheInterfaceIsGoneFails() {
		this.host.link = null;
		assertThatThrownBy(() -> this.vip.acquire(() -> Duration.ofSeconds(3)))
			.hasMessageContaining("no interface eth0");
		this.vip.release();
	}

	@Test
	void acquireWhenAStrangerHasTheAddressFailsAndNamesHim() throws IOException {
		this.strangers.put(CidrAddress.parse(ADDRESS).address(), new MacAddress(0x0200c0ffee01L));
		assertThatExceptionOfType(VirtualIpException.class)
			.isThrownBy(() -> this.vip.acquire(() -> Duration.ofSeconds(3)))
			.withMessageContaining("10.0.0.100 is at 02:00:c0:ff:ee:01 on eth0");
		assertThat(this.host.has(ADDRESS)).isFalse();
		assertThat(this.announced.take()).isZero();
		assertThat(this.vip.status().conflicts()).isOne();
	}

	@Test
	void acquireWhenTheAddressIsThereAlreadyDoesNotAskForStrangers() {
		this.host.put(new Link(2, "eth0", null, true), CidrAddress.parse(ADDRESS), 2);
		this.vip.acquire(() -> Duration.ofSeconds(3));
		this.vip.acquire(() -> Duration.ofSeconds(3));
		assertThat(this.probes).isZero();
	}

	@Test
	void addressWithAnotherPrefixIsReplacedAndOneWithoutEndGetsAnEnd() {
		this.host.addresses.put(CidrAddress.parse(ADDRESS + "/24"), null);
		this.host.addresses.put(CidrAddress.parse(ADDRESS), null);
		this.vip.acquire(() -> Duration.ofSeconds(3));
		assertThat(this.host.addresses).containsOnlyKeys(CidrAddress.parse(ADDRESS));
		assertThat(this.host.lifetime(ADDRESS)).isEqualTo(Duration.ofSeconds(3));
	}

	@Test
	void releaseRemovesExactlyTheAddressInWhateverForm() {
		this.host.addresses.put(CidrAddress.parse("10.0.0.10/24"), null);
		this.host.addresses.put(CidrAddress.parse("10.0.0.101/32"), 1L + this.host.nanoTime());
		this.host.addresses.put(CidrAddress.parse("10.0.0.100/24"), null);
		this.vip.release();
		assertThat(this.host.addresses).containsOnlyKeys(CidrAddress.parse("10.0.0.10/24"),
				CidrAddress.parse("10.0.0.101/32"));
		this.vip.release();
	}

	@Test
	void nothingIsRepairedOrAnnouncedAfterRelease() {
		this.vip.acquire(() -> Duration.ofSeconds(3));
		this.vip.release();
		this.announced.take();
		this.host.calls.clear();
		advance(1000);
		this.vip.look(List.of(removed()));
		assertThat(this.host.calls).isEmpty();
		assertThat(this.announced.take()).isZero();
	}

	@Test
	void announcementThatFailsIsAProblemUntilOneSucceeds() {
		this.announced.failure = "Network is down";
		this.vip.acquire(() -> Duration.ofSeconds(60));
		assertThat(this.vip.status().held()).isTrue();
		assertThat(this.vip.status().problem()).contains("cannot be announced: Network is down");
		this.announced.failure = null;
		advance(50);
		this.vip.look(List.of());
		assertThat(this.vip.status().problem()).isNull();
		assertThat(this.vip.status().lastFailure())
			.isEqualTo(new VirtualIpStatus.Failure(NOW, "The virtual IP cannot be announced: Network is down"));
	}

	@Test
	void statusTellsSinceWhenItIsHeld() {
		assertThat(this.vip.status().since()).isNull();
		this.vip.acquire(() -> Duration.ofSeconds(3));
		assertThat(this.vip.status().since()).isEqualTo(NOW);
		assertThat(this.vip.status().addresses()).containsExactly("10.0.0.100/24");
	}

	private void advance(long millis) {
		this.host.advance(Duration.ofMillis(millis));
	}

	/**
	 * Lets the first announcements pass.
	 */
	private void settle() {
		for (int i = 0; i < 20; i++) {
			advance(100);
			this.vip.look(List.of());
		}
		this.vip.acquire(() -> Duration.ofSeconds(3));
		this.announced.take();
	}

	private void link(boolean running) {
		Link link = new Link(2, "eth0", FakeTable.MAC, running);
		this.host.link = link;
		this.vip.look(List.of(HostChange.link(HostChange.Kind.LINK_CHANGED, link)));
	}

	private static HostChange removed() {
		return new HostChange(HostChange.Kind.ADDRESS_REMOVED, null,
				new AssignedAddress(2, CidrAddress.parse(ADDRESS), false, true));
	}

}
