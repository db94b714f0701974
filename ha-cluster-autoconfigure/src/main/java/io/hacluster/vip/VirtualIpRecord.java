package io.hacluster.vip;

import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * What has happened to a virtual IP. Logs a problem when it begins and when it ends, not
 * each time it is noticed. Written under the lock of {@link LinuxVirtualIp}, read by any
 * thread.
 */
final class VirtualIpRecord {

	private static final Logger logger = LoggerFactory.getLogger(LinuxVirtualIp.class);

	private final NodeIdentity identity;

	private final Clock clock;

	private final AtomicLong announcements = new AtomicLong();

	private final AtomicLong repairs = new AtomicLong();

	private final AtomicLong conflicts = new AtomicLong();

	private volatile Consumer<String> conflictListener = (message) -> {
	};

	private volatile @Nullable Instant since;

	private final Map<Aspect, String> problems = new EnumMap<>(Aspect.class);

	private volatile VirtualIpStatus.@Nullable Failure lastFailure;

	VirtualIpRecord(NodeIdentity identity, Clock clock) {
		this.identity = identity;
		this.clock = clock;
	}

	synchronized void taken() {
		this.since = this.clock.instant();
		this.problems.clear();
	}

	synchronized void givenUp() {
		this.since = null;
		this.problems.clear();
	}

	void announced(int addresses) {
		this.announcements.addAndGet(addresses);
	}

	void repaired() {
		this.repairs.incrementAndGet();
	}

	void onConflict(Consumer<String> listener) {
		this.conflictListener = listener;
	}

	void conflict(String message) {
		this.conflicts.incrementAndGet();
		this.conflictListener.accept(message);
	}

	/**
	 * Something failed that is tried no more.
	 */
	void failure(String message) {
		this.lastFailure = new VirtualIpStatus.Failure(this.clock.instant(), message);
	}

	/**
	 * Something is wrong until {@link #well}.
	 */
	synchronized void problem(Aspect aspect, String message) {
		failure(message);
		if (!message.equals(this.problems.put(aspect, message))) {
			logger.warn("[{}] {}", this.identity, message);
		}
	}

	synchronized void well(Aspect aspect) {
		String problem = this.problems.remove(aspect);
		if (problem != null) {
			logger.info("[{}] No longer: {}", this.identity, problem);
		}
	}

	synchronized VirtualIpStatus status(VirtualIpSettings settings, boolean held) {
		return new VirtualIpStatus(held, settings.interfaceName(),
				settings.addresses().stream().map(CidrAddress::toString).toList(), held ? this.since : null,
				this.problems.values().stream().findFirst().orElse(null), this.lastFailure, this.announcements.get(),
				this.repairs.get(), this.conflicts.get());
	}

	/**
	 * What can be wrong, the worst first.
	 */
	enum Aspect {

		LINK, ADDRESS, CONFLICT, ANNOUNCEMENT

	}

}
