package io.hacluster.vip.announce;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.hacluster.vip.MacAddress;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Suspects}: silence 200, patience 1000.
 */
class SuspectsTests {

	private static final InetAddress FIRST = AnnounceBed.IPV4;

	private static final InetAddress SECOND = AnnounceBed.IPV6;

	private static final MacAddress STRANGER = new MacAddress(1);

	private static final MacAddress OTHER = new MacAddress(2);

	private final Suspects suspects = new Suspects(List.of(FIRST, SECOND), 200, 1000);

	@Test
	void undecidedWhenNobodyIsHeardEndsWithTheSilence() {
		assertThat(this.suspects.undecided(199)).isTrue();
		assertThat(this.suspects.undecided(200)).isFalse();
		assertThat(this.suspects.macs()).isEmpty();
	}

	@Test
	void undecidedWhenClaimStandsEndsWithThePatience() {
		for (int now = 50; now < 1050; now += 100) {
			this.suspects.hear(new Claim(FIRST, STRANGER), now);
			assertThat(this.suspects.undecided(now)).as("at %d", now).isTrue();
		}
		this.suspects.hear(new Claim(SECOND, OTHER), 1040);
		this.suspects.hear(new Claim(FIRST, STRANGER), 1050);
		assertThat(this.suspects.undecided(1050)).isFalse();
		assertThat(this.suspects.macs()).isEqualTo(Map.of(FIRST, STRANGER, SECOND, OTHER));
	}

	@Test
	void undecidedWhenClaimCeasesEndsAfterSilence() {
		this.suspects.hear(new Claim(FIRST, STRANGER), 10);
		this.suspects.hear(new Claim(FIRST, STRANGER), 500);
		assertThat(this.suspects.undecided(699)).isTrue();
		assertThat(this.suspects.undecided(700)).isFalse();
		assertThat(this.suspects.macs()).isEmpty();
	}

	@Test
	void undecidedWhenSilenceLiesBetweenClaimsBeginsAnew() {
		this.suspects.hear(new Claim(FIRST, STRANGER), 10);
		this.suspects.hear(new Claim(SECOND, OTHER), 150);
		this.suspects.hear(new Claim(FIRST, STRANGER), 300);
		this.suspects.hear(new Claim(FIRST, STRANGER), 499);
		assertThat(this.suspects.undecided(1020)).isFalse();
		assertThat(this.suspects.macs()).isEmpty();
	}

	@Test
	void undecidedWhenAddressGoesFromHandToHandNamesTheLastOne() {
		for (int now = 0; now <= 1000; now += 100) {
			this.suspects.hear(new Claim(FIRST, (now < 1000) ? STRANGER : OTHER), now);
		}
		assertThat(this.suspects.undecided(1000)).isFalse();
		assertThat(this.suspects.macs()).isEqualTo(Map.of(FIRST, OTHER));
	}

	@Test
	void undecidedWhenClaimsComeAndGoEndsInTheEnd() {
		long now = 0;
		while (this.suspects.undecided(now) && now < 10_000) {
			this.suspects.hear(new Claim((now % 240 < 120) ? FIRST : SECOND, STRANGER), now);
			now += 60;
		}
		assertThat(now).isLessThanOrEqualTo(1440);
		assertThat(this.suspects.macs()).isNotEmpty();
	}

	@Test
	void undecidedWhenThereIsNoPatienceEndsWithTheFirstClaim() {
		Suspects impatient = new Suspects(List.of(FIRST), 200, 0);
		assertThat(impatient.undecided(0)).isTrue();
		impatient.hear(new Claim(SECOND, STRANGER), 1);
		assertThat(impatient.undecided(1)).isTrue();
		impatient.hear(new Claim(FIRST, STRANGER), 2);
		assertThat(impatient.undecided(2)).isFalse();
	}

}
