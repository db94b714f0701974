package io.hacluster.vip;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;

/**
 * Puts the addresses on their interface with a lifetime in the kernel that ends with the
 * lease, and never later. Not thread-safe.
 * <p>
 * The kernel counts whole seconds and takes an address away up to half a second after its
 * nominal lifetime, never before. What is asked for is therefore rounded down; in the
 * last second of a lease the lifetime that the kernel has already stays.
 */
final class AddressHolder {

	private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

	/**
	 * By how much a lifetime may end after the deadline because the request took time.
	 */
	private static final long TOLERANCE = TimeUnit.MILLISECONDS.toNanos(10);

	/**
	 * What a further try allows for at most: a process that was frozen once will hardly
	 * be so again.
	 */
	private static final long MOST_ALLOWANCE = SECOND / 2;

	private static final int TRIES = 5;

	private static final Logger logger = LoggerFactory.getLogger(LinuxVirtualIp.class);

	private final NodeIdentity identity;

	private final VirtualIpSettings settings;

	private final AddressTable table;

	private final Ticker ticker;

	/** When the lifetime in the kernel ends at the earliest. */
	private long kernelExpiry;

	AddressHolder(NodeIdentity identity, VirtualIpSettings settings, AddressTable table, Ticker ticker) {
		this.identity = identity;
		this.settings = settings;
		this.table = table;
		this.ticker = ticker;
	}

	/**
	 * Looks for the interface.
	 * @throws IOException if the kernel cannot be asked
	 */
	Optional<Link> link() throws IOException {
		return this.table.link(this.settings.interfaceName());
	}

	/**
	 * Returns which of the addresses are not on the interface. What is there in another
	 * form, with another prefix, would outlast the lease: it is taken away.
	 * @throws IOException if the kernel refuses
	 */
	List<CidrAddress> absent(Link link) throws IOException {
		List<CidrAddress> absent = new ArrayList<>(this.settings.addresses());
		for (AssignedAddress assigned : assigned(link)) {
			if (!assigned.address().equals(assigned.address().alone())) {
				remove(assigned);
			}
			else {
				absent.removeIf((each) -> each.address().equals(assigned.address().address()));
			}
		}
		return absent;
	}

	/**
	 * Returns whether the lifetime in the kernel may have ended.
	 */
	boolean mayHaveLapsed() {
		return this.ticker.nanoTime() - this.kernelExpiry >= 0;
	}

	/**
	 * Puts all addresses on the interface, or prolongs their lives.
	 * @param link the interface
	 * @param deadline when they must be gone, as the ticker counts
	 * @return whether they could be: not in the last second before the deadline
	 * @throws VirtualIpException if the deadline has passed; the addresses are gone then
	 * @throws IOException if the kernel refuses
	 */
	boolean put(Link link, long deadline) throws IOException {
		long allowance = 0;
		boolean tooLong = false;
		for (int i = 0; i < TRIES; i++) {
			long before = this.ticker.nanoTime();
			long seconds = (deadline - before - allowance) / SECOND;
			if (deadline - before <= 0 || (seconds < 1 && tooLong)) {
				break;
			}
			if (seconds < 1) {
				return false;
			}
			for (CidrAddress address : this.settings.addresses()) {
				this.table.put(link, address.alone(), seconds);
			}
			long after = this.ticker.nanoTime();
			// The process may have been frozen in between.
			tooLong = after + seconds * SECOND - deadline > TOLERANCE;
			if (!tooLong) {
				this.kernelExpiry = before + seconds * SECOND;
				return true;
			}
			allowance = Math.min(2 * (after - before), MOST_ALLOWANCE);
		}
		remove(link);
		throw new VirtualIpException("The lease ended before the virtual IP could be kept: the address is given up",
				null);
	}

	/**
	 * Takes the addresses away, whoever has put them there. Those without our mark may be
	 * a configuration of the host, which on two hosts would make both answer.
	 * @param link the interface
	 * @throws IOException if the kernel refuses; it has then been tried for all
	 */
	void remove(Link link) throws IOException {
		IOException failure = null;
		for (AssignedAddress assigned : assigned(link)) {
			try {
				remove(assigned);
			}
			catch (IOException ex) {
				failure = ex;
			}
		}
		if (failure != null) {
			throw failure;
		}
	}

	private List<AssignedAddress> assigned(Link link) throws IOException {
		return this.table.addresses()
			.stream()
			.filter((each) -> each.link() == link.index() && this.settings.includes(each.address().address()))
			.toList();
	}

	private void remove(AssignedAddress assigned) throws IOException {
		boolean removed = this.table.remove(assigned.link(), assigned.address());
		if (removed && !assigned.isOurs()) {
			logger.warn("[{}] {} was on {} without our doing, and has been taken away: a virtual IP must be configured "
					+ "nowhere else", this.identity, assigned.address(), this.settings.interfaceName());
		}
	}

}
