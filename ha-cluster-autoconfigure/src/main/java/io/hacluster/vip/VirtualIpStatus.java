package io.hacluster.vip;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * What can be said about a virtual IP at one moment.
 *
 * @param held whether this node is to have it and its deadline has not passed
 * @param interfaceName the interface
 * @param addresses the addresses in CIDR notation, as configured
 * @param since since when it has been held, {@code null} if it is not
 * @param problem what is wrong now, {@code null} if nothing is
 * @param lastFailure what went wrong last, {@code null} if nothing has
 * @param announcements how many announcements have been sent since the start, counting
 * each address
 * @param repairs how many times an address was put back that had been taken away
 * @param conflicts how many times a stranger was met: one who has an address that was to
 * be taken, which fails the promotion, or one who claims an address that is held, counted
 * once until he falls silent
 */
public record VirtualIpStatus(boolean held, String interfaceName, List<String> addresses, @Nullable Instant since,
		@Nullable String problem, @Nullable Failure lastFailure, long announcements, long repairs, long conflicts) {

	/**
	 * Something that went wrong.
	 *
	 * @param at when
	 * @param message what, for people
	 */
	public record Failure(Instant at, String message) {
	}

}
