package io.hacluster.member;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.random.RandomGenerator;

import org.jspecify.annotations.Nullable;

/**
 * Decides when a node says again how it is: at once when something has changed that
 * others may act on, about once a second while only its position or lag moves, and
 * otherwise often enough to be known alive. Confined to one thread.
 */
final class Publication {

	/**
	 * Time between two publications at least, whatever has happened.
	 */
	static final Duration LEAST_GAP = Duration.ofMillis(100);

	/**
	 * Time between two publications of a position.
	 */
	static final Duration POSITION_GAP = Duration.ofSeconds(1);

	private static final Duration FIRST_RETRY = Duration.ofMillis(250);

	private static final Duration LAST_RETRY = Duration.ofSeconds(4);

	private final Duration heartbeat;

	private final RandomGenerator random;

	private @Nullable Member published;

	private long publishedAt;

	private int failures;

	private long retryAt;

	/**
	 * Creates a publication.
	 * @param heartbeat time between two publications at most
	 * @param random spreads retries
	 */
	Publication(Duration heartbeat, RandomGenerator random) {
		this.heartbeat = heartbeat;
		this.random = random;
	}

	/**
	 * Returns for how long there is nothing to do.
	 * @param member how the node is
	 * @param now the reading of the ticker
	 * @return nanoseconds, zero or negative if it is time to publish
	 */
	long pause(Member member, long now) {
		if (this.failures > 0) {
			return this.retryAt - now;
		}
		Member before = this.published;
		if (before == null) {
			return 0;
		}
		Duration gap = this.heartbeat;
		if (!withoutPosition(member).equals(withoutPosition(before))) {
			gap = LEAST_GAP;
		}
		else if (!(Objects.equals(member.position(), before.position()) && Objects.equals(member.lag(), before.lag()))
				&& POSITION_GAP.compareTo(this.heartbeat) < 0) {
			gap = POSITION_GAP;
		}
		return this.publishedAt + gap.toNanos() - now;
	}

	void succeeded(Member member, long now) {
		this.published = member;
		this.publishedAt = now;
		this.failures = 0;
	}

	void failed(long now) {
		long delay = Math.min(LAST_RETRY.toNanos(), FIRST_RETRY.toNanos() << Math.min(this.failures, 5));
		this.failures++;
		this.retryAt = now + delay / 2 + this.random.nextLong(delay / 2);
	}

	private static Member withoutPosition(Member member) {
		return new Member(member.nodeId(), member.nonce(), member.version(), member.role(), member.state(),
				member.epoch(), null, null, member.backend(), member.address(), member.labels(), member.priority(),
				member.eligible(), member.failure(), member.leaseDuration(), Instant.EPOCH, member.obstacle());
	}

}
