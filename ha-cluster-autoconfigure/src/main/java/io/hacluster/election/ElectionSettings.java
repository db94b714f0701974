package io.hacluster.election;

import java.time.Duration;

/**
 * The times of an election. A combination that cannot be safe is refused (invariant I3).
 *
 * @param leaseDuration T: how long a record must stand unchanged before another node may
 * take it over; 1 s to 1 h
 * @param renewInterval how often the holder renews, and how often others look; at least
 * 250 ms, and twice it must fit into T less the margin
 * @param margin m: how long before T the holder considers the lease lost, the whole time
 * for an urgent step-down; more than 1% of T, which is the allowance for two clocks that
 * run at different rates
 * @param address where this node can be reached, for display; may be empty
 */
public record ElectionSettings(Duration leaseDuration, Duration renewInterval, Duration margin, String address) {

	private static final Duration MIN_LEASE_DURATION = Duration.ofSeconds(1);

	private static final Duration MIN_RENEW_INTERVAL = Duration.ofMillis(250);

	private static final Duration MAX_STORE_TIMEOUT = Duration.ofSeconds(2);

	private static final Duration VIP_LATENESS = Duration.ofMillis(500);

	private static final Duration LEAST_VIP_LIFETIME = Duration.ofSeconds(1);

	/**
	 * Creates settings.
	 * @throws InvalidElectionSettingsException naming the setting that cannot be safe
	 */
	public ElectionSettings {
		if (leaseDuration.compareTo(MIN_LEASE_DURATION) < 0 || leaseDuration.compareTo(LeaseCodec.MAX_DURATION) > 0) {
			throw new InvalidElectionSettingsException("lease-duration",
					"The lease duration must be 1s to 1h, but was " + text(leaseDuration));
		}
		if (renewInterval.compareTo(MIN_RENEW_INTERVAL) < 0) {
			throw new InvalidElectionSettingsException("renew-interval",
					"The renew interval must be at least 250ms, but was " + text(renewInterval));
		}
		if (margin.compareTo(clockAllowance(leaseDuration)) <= 0) {
			throw new InvalidElectionSettingsException("margin", "The margin must be more than 1% of the lease duration"
					+ " of " + text(leaseDuration) + ", but was " + text(margin));
		}
		if (renewInterval.multipliedBy(2).compareTo(leaseDuration.minus(margin)) > 0) {
			throw new InvalidElectionSettingsException("renew-interval",
					"Two renew intervals of " + text(renewInterval) + " must fit into the lease duration of "
							+ text(leaseDuration) + " less the margin of " + text(margin)
							+ ", so that one lost renewal does not cost the leadership");
		}
		if (!LeaseCodec.isAddress(address)) {
			throw new InvalidElectionSettingsException("address",
					"The address must have at most 255 characters, and no control characters");
		}
	}

	/**
	 * Creates settings with the default margin, a fifth of the lease duration.
	 * @param leaseDuration the lease duration
	 * @param renewInterval the renew interval
	 * @param address the address, may be empty
	 * @return the settings
	 * @throws InvalidElectionSettingsException naming the setting that cannot be safe
	 */
	public static ElectionSettings of(Duration leaseDuration, Duration renewInterval, String address) {
		return new ElectionSettings(leaseDuration, renewInterval, leaseDuration.dividedBy(5), address);
	}

	/**
	 * Returns the shortest margin that an urgent step-down fits into (invariant I3).
	 * @param leaseDuration the lease duration
	 * @param forcedStop the worst time of an urgent step-down
	 * @param virtualIp whether a virtual IP is configured, which the kernel removes up to
	 * 0.5 s after its nominal lifetime
	 * @return the margin
	 */
	public static Duration leastMargin(Duration leaseDuration, Duration forcedStop, boolean virtualIp) {
		return clockAllowance(leaseDuration).plus(forcedStop).plus(virtualIp ? VIP_LATENESS : Duration.ZERO);
	}

	/**
	 * Refuses a margin that an urgent step-down does not fit into (invariant I3), and
	 * renewals that are too far apart for a virtual IP.
	 * @param forcedStop the worst time of an urgent step-down
	 * @param virtualIp whether a virtual IP is configured, whose lifetime the kernel
	 * counts in whole seconds
	 * @return these settings
	 * @throws InvalidElectionSettingsException naming {@code lease-duration} if the
	 * margin is too short, {@code renew-interval} if that is too long
	 */
	public ElectionSettings requireRoomFor(Duration forcedStop, boolean virtualIp) {
		Duration needed = leastMargin(this.leaseDuration, forcedStop, virtualIp);
		if (this.margin.compareTo(needed) < 0) {
			throw new InvalidElectionSettingsException("lease-duration",
					"The margin of " + text(this.margin) + " within a lease duration of " + text(this.leaseDuration)
							+ " is too short to stop everything after a lost lease, which takes up to " + text(needed)
							+ (virtualIp ? " with a virtual IP" : "") + ": use a longer lease duration");
		}
		Duration lowest = this.leaseDuration.minus(this.margin).minus(this.renewInterval);
		if (virtualIp && lowest.compareTo(LEAST_VIP_LIFETIME) < 0) {
			throw new InvalidElectionSettingsException("renew-interval", "With a virtual IP, whose lifetime the kernel "
					+ "counts in whole seconds, at least 1s must be left of the lease at each renewal, but only "
					+ text(lowest) + " is with a renew interval of " + text(this.renewInterval)
					+ ", a lease duration of " + text(this.leaseDuration) + " and a margin of " + text(this.margin));
		}
		return this;
	}

	/**
	 * Returns how long one call to the store may take at most: a renewal that gets no
	 * answer must leave time for another.
	 * @return the renew interval, but at most 2 s
	 */
	public Duration storeTimeout() {
		return (this.renewInterval.compareTo(MAX_STORE_TIMEOUT) < 0) ? this.renewInterval : MAX_STORE_TIMEOUT;
	}

	private static Duration clockAllowance(Duration leaseDuration) {
		return leaseDuration.dividedBy(100);
	}

	private static String text(Duration duration) {
		return (duration.toMillis() % 1000 == 0) ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
	}

}
