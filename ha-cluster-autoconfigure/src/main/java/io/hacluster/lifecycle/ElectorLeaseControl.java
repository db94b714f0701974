package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.election.ElectionListener;
import io.hacluster.election.HeldLease;
import io.hacluster.election.LeaderElector;

/**
 * Drives a {@link LeaderElector}. An elector starts once, hence the supplier.
 */
final class ElectorLeaseControl implements LeaseControl {

	private final Supplier<LeaderElector> electors;

	private final ElectionListener listener;

	private volatile @Nullable LeaderElector elector;

	ElectorLeaseControl(Supplier<LeaderElector> electors, ElectionListener listener) {
		this.electors = electors;
		this.listener = listener;
	}

	@Override
	public synchronized void start(Duration absence) {
		if (this.elector == null) {
			LeaderElector next = this.electors.get();
			next.addListener(this.listener);
			next.standAside(absence);
			next.start();
			this.elector = next;
		}
	}

	@Override
	public Optional<HeldLease> heldLease() {
		LeaderElector current = this.elector;
		return (current != null) ? current.heldLease() : Optional.empty();
	}

	@Override
	public void release(Epoch epoch) {
		LeaderElector current = this.elector;
		if (current != null) {
			current.release(epoch);
		}
	}

	@Override
	public void standAside(Duration duration) {
		LeaderElector current = this.elector;
		if (current != null) {
			current.standAside(duration);
		}
	}

	@Override
	public void stayOut(boolean out) {
		LeaderElector current = this.elector;
		if (current != null) {
			current.stayOut(out);
		}
	}

	@Override
	public synchronized void close() {
		LeaderElector current = this.elector;
		if (current != null) {
			current.close();
			this.elector = null;
		}
	}

}
