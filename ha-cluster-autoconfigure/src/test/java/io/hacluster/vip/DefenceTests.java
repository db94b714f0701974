package io.hacluster.vip;

import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Defence}.
 */
class DefenceTests {

	private static final CidrAddress ADDRESS = CidrAddress.parse("10.0.0.100/24");

	private static final Link LINK = new Link(7, "eth0", new MacAddress(1), true);

	private static final MacAddress STRANGER = new MacAddress(2);

	private final VirtualIpSettings settings = new VirtualIpSettings("eth0", List.of(ADDRESS), 1, Duration.ZERO,
			Duration.ZERO, true, Duration.ZERO);

	private final VirtualIpRecord record = new VirtualIpRecord(new NodeIdentity("test", new NodeId("a"), "1"),
			Clock.systemUTC());

	private final Ear ear = new Ear();

	private long now = TimeUnit.HOURS.toNanos(1);

	private final Defence defence = new Defence(this.settings, this.ear, this.record, () -> this.now);

	@Test
	void isDueWhenNobodyClaimsIsFalse() {
		assertThat(due(0, 3000)).isFalse();
		assertThat(due(300, 3300)).isFalse();
		assertThat(problem()).isNull();
	}

	@Test
	void isDueWhenClaimedIsTrueOnceTheLeaseHasBeenRenewed() {
		assertThat(due(0, 3000)).isFalse();
		this.ear.hear();
		assertThat(due(300, 3001)).as("what may be the successor's claim").isFalse();
		assertThat(problem()).isEqualTo("Another host claims the virtual IP: 10.0.0.100 is at 00:00:00:00:00:02 on "
				+ "eth0. Take the address away from that host");
		assertThat(due(600, 3002)).isFalse();
		assertThat(due(900, 3900)).isTrue();
		assertThat(due(1200, 4200)).as("answered").isFalse();
	}

	@Test
	void isDueWhenClaimedAgainAndAgainIsTrueOnceInTenSeconds() {
		int defended = 0;
		for (int at = 0; at < 30_000; at += 300) {
			this.ear.hear();
			due(at, at + 3000);
			defended += due(at + 150, at + 3150) ? 1 : 0;
		}
		assertThat(defended).isBetween(1, 3);
		assertThat(this.record.status(this.settings, true).conflicts()).isOne();
	}

	@Test
	void listenerIsToldOfEachStrangerOnce() {
		List<String> told = new ArrayList<>();
		this.record.onConflict(told::add);
		this.ear.hear();
		due(0, 3000);
		this.ear.hear();
		due(300, 3300);
		assertThat(told).containsExactly("Another host claims the virtual IP: 10.0.0.100 is at 00:00:00:00:00:02 on "
				+ "eth0. Take the address away from that host");
	}

	@Test
	void isDueWhenStrangerFallsSilentTakesHimToBeGone() {
		this.ear.hear();
		due(0, 3000);
		due(29_999, 32_999);
		assertThat(problem()).isNotNull();
		due(30_000, 33_000);
		assertThat(problem()).isNull();
		this.ear.hear();
		due(30_300, 33_300);
		assertThat(this.record.status(this.settings, true).conflicts()).isEqualTo(2);
	}

	@Test
	void isDueWhenInterfaceWasMadeAnewListensToTheNewOne() {
		due(0, 3000);
		this.defence.isDue(new Link(8, "eth0", new MacAddress(1), true), this.now);
		assertThat(this.ear.opened).containsOnly(Map.entry(7, false), Map.entry(8, true));
		this.defence.end();
		assertThat(this.ear.opened).containsOnly(Map.entry(7, false), Map.entry(8, false));
	}

	@Test
	void isDueWhenNothingCanBeHeardReportsAndTriesAgain() {
		this.ear.broken = true;
		due(0, 3000);
		assertThat(problem()).isEqualTo("Strangers who claim the virtual IP would not be noticed: broken");
		this.ear.broken = false;
		due(300, 3300);
		assertThat(problem()).isNull();
	}

	@Test
	void isDueWhenThereIsNobodyToHearDoesNotListen() {
		this.defence.isDue(new Link(7, "lo", null, true), this.now);
		this.defence.isDue(new Link(7, "eth0", new MacAddress(1), false), this.now);
		assertThat(this.ear.opened).isEmpty();
	}

	private boolean due(long at, long deadline) {
		long start = TimeUnit.HOURS.toNanos(1);
		this.now = start + TimeUnit.MILLISECONDS.toNanos(at);
		return this.defence.isDue(LINK, start + TimeUnit.MILLISECONDS.toNanos(deadline));
	}

	private String problem() {
		return this.record.status(this.settings, true).problem();
	}

	/**
	 * Hears what the test says.
	 */
	private static final class Ear implements ConflictProbe {

		private final Map<Integer, Boolean> opened = new HashMap<>();

		private final Map<InetAddress, MacAddress> heard = new HashMap<>();

		private boolean broken;

		void hear() {
			this.heard.put(ADDRESS.address(), STRANGER);
		}

		@Override
		public Map<InetAddress, MacAddress> holders(Link link, List<InetAddress> addresses, Duration wait) {
			return Map.of();
		}

		@Override
		public Claims listen(Link link, List<InetAddress> addresses) {
			this.opened.put(link.index(), true);
			return new Claims() {

				@Override
				public Map<InetAddress, MacAddress> read() {
					if (Ear.this.broken) {
						throw new VirtualIpException("broken", null);
					}
					Map<InetAddress, MacAddress> read = Map.copyOf(Ear.this.heard);
					Ear.this.heard.clear();
					return read;
				}

				@Override
				public void close() {
					Ear.this.opened.put(link.index(), false);
				}

			};
		}

	}

}
