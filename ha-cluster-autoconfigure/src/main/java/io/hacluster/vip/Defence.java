package io.hacluster.vip;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.Ticker;
import io.hacluster.vip.VirtualIpRecord.Aspect;

/**
 * Listens for strangers who claim the addresses while this host holds them, and defends
 * these as RFC 5227, section 2.4 (c), permits: with one announcement in ten seconds.
 * <p>
 * Whoever claims them may also be the successor of this node, which does not know yet
 * that it leads no more. Only a lease that has been renewed since tells the two apart,
 * and nothing is defended before. Not thread-safe.
 */
final class Defence {

	/**
	 * DEFEND_INTERVAL of RFC 5227.
	 */
	private static final Duration INTERVAL = Duration.ofSeconds(10);

	/**
	 * After how long without a claim a stranger is taken to be gone.
	 */
	private static final Duration SILENCE = Duration.ofSeconds(30);

	/**
	 * By how much a deadline must have moved for a renewal: two readings of the same one
	 * differ a little.
	 */
	private static final Duration RENEWED = Duration.ofMillis(50);

	private final VirtualIpSettings settings;

	private final ConflictProbe probe;

	private final VirtualIpRecord record;

	private final Ticker ticker;

	private final List<InetAddress> addresses;

	private @Nullable Claims claims;

	private int link;

	private @Nullable Contest contest;

	private @Nullable Long lastDefence;

	Defence(VirtualIpSettings settings, ConflictProbe probe, VirtualIpRecord record, Ticker ticker) {
		this.settings = settings;
		this.probe = probe;
		this.record = record;
		this.ticker = ticker;
		this.addresses = settings.addresses().stream().map(CidrAddress::address).toList();
	}

	/**
	 * Listens to what has been claimed since the last call.
	 * @param current the interface
	 * @param deadline when the lease ends
	 * @return whether the addresses are to be announced in their defence
	 */
	boolean isDue(Link current, long deadline) {
		if (!this.settings.conflictCheck() || current.mac() == null || !current.running()) {
			return false;
		}
		long now = this.ticker.nanoTime();
		try {
			Map<InetAddress, MacAddress> heard = claims(current).read();
			if (!heard.isEmpty()) {
				heard(current, heard, now, deadline);
			}
		}
		catch (VirtualIpException ex) {
			end();
			this.record.problem(Aspect.CONFLICT,
					"Strangers who claim the virtual IP would not be noticed: " + ex.getMessage());
			return false;
		}
		return decide(now, deadline);
	}

	/**
	 * Ends listening.
	 */
	void end() {
		if (this.claims != null) {
			this.claims.close();
		}
		this.claims = null;
		this.contest = null;
	}

	private Claims claims(Link current) {
		Claims open = this.claims;
		if (open == null || this.link != current.index()) {
			end();
			open = this.probe.listen(current, this.addresses);
			this.claims = open;
			this.link = current.index();
			this.record.well(Aspect.CONFLICT);
		}
		return open;
	}

	private void heard(Link current, Map<InetAddress, MacAddress> heard, long now, long deadline) {
		String message = "Another host claims the virtual IP: " + ConflictCheck.text(heard, current)
				+ ". Take the address away from that host";
		if (this.contest == null) {
			this.record.conflict(message);
		}
		this.contest = new Contest(now, deadline, false);
		this.record.problem(Aspect.CONFLICT, message);
	}

	private boolean decide(long now, long deadline) {
		Contest present = this.contest;
		if (present == null) {
			return false;
		}
		if (now - present.heard() >= SILENCE.toNanos()) {
			this.contest = null;
			this.record.well(Aspect.CONFLICT);
			return false;
		}
		boolean renewed = deadline - present.deadline() >= RENEWED.toNanos();
		boolean rested = this.lastDefence == null || now - this.lastDefence >= INTERVAL.toNanos();
		if (present.defended() || !renewed || !rested) {
			return false;
		}
		this.contest = new Contest(present.heard(), present.deadline(), true);
		this.lastDefence = now;
		return true;
	}

	/**
	 * A claim by a stranger.
	 *
	 * @param heard when it was heard last
	 * @param deadline when the lease ended at that time
	 * @param defended whether it has been answered
	 */
	private record Contest(long heard, long deadline, boolean defended) {
	}

}
