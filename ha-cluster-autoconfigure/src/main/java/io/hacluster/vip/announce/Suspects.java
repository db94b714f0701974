package io.hacluster.vip.announce;

import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;

import io.hacluster.vip.MacAddress;

/**
 * Who has been heard to hold which address, and when. A former leader that is frozen
 * holds the address until its kernel removes it, up to half a second after the end of the
 * lifetime; so somebody has to be heard for longer than that until he counts as a
 * stranger. Times are nanoseconds since the check began. Not thread-safe.
 */
final class Suspects {

	private final Collection<InetAddress> addresses;

	private final long silence;

	private final long patience;

	private final Map<InetAddress, Suspect> suspects = new HashMap<>();

	/**
	 * Creates a check that suspects nobody.
	 * @param addresses the addresses
	 * @param silence an address is free when nobody has claimed it for so long
	 * @param patience an address is held when it has been claimed for so long
	 */
	Suspects(Collection<InetAddress> addresses, long silence, long patience) {
		this.addresses = addresses;
		this.silence = silence;
		this.patience = patience;
	}

	/**
	 * Takes down that an address is claimed.
	 * @param claim the claim
	 * @param now when it was heard
	 */
	void hear(Claim claim, long now) {
		if (this.addresses.contains(claim.address())) {
			forget(now);
			this.suspects.merge(claim.address(), new Suspect(claim.mac(), now, now),
					(known, heard) -> new Suspect(heard.mac(), known.first(), now));
		}
	}

	/**
	 * Tells whether to go on.
	 * @param now the time
	 * @return whether nothing is certain yet: no address is held, and not all are free
	 */
	boolean undecided(long now) {
		forget(now);
		boolean held = this.suspects.values().stream().anyMatch((each) -> each.last() - each.first() >= this.patience);
		boolean free = now >= this.silence && this.suspects.isEmpty();
		return !held && !free && now < this.silence + this.patience + this.silence;
	}

	/**
	 * Returns who is suspected.
	 * @return by address
	 */
	Map<InetAddress, MacAddress> macs() {
		Map<InetAddress, MacAddress> macs = new HashMap<>();
		for (Entry<InetAddress, Suspect> each : this.suspects.entrySet()) {
			macs.put(each.getKey(), each.getValue().mac());
		}
		return Map.copyOf(macs);
	}

	/**
	 * Returns the addresses.
	 * @return those that are checked
	 */
	List<InetAddress> addresses() {
		return List.copyOf(this.addresses);
	}

	private void forget(long now) {
		this.suspects.values().removeIf((each) -> now - each.last() >= this.silence);
	}

	/**
	 * Somebody.
	 *
	 * @param mac who was heard last
	 * @param first when he or somebody before him was heard
	 * @param last when he was heard last
	 */
	private record Suspect(MacAddress mac, long first, long last) {

	}

}
