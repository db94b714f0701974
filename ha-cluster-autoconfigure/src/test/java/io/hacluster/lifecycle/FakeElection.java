package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.Ticker;
import io.hacluster.election.ElectionListener;
import io.hacluster.election.HeldLease;
import io.hacluster.election.Lease;

/**
 * An election that is won and lost when the test says so, on a clock that the test turns.
 */
final class FakeElection implements LeaseControl, Ticker {

	static final Duration LEASE = Duration.ofSeconds(30);

	// Large, because the budgets of urgent steps are in real time.
	static final Duration MARGIN = Duration.ofSeconds(27);

	private final Recorder recorder;

	private final AtomicLong now = new AtomicLong();

	private final AtomicLong epoch = new AtomicLong();

	private volatile ElectionListener listener;

	private volatile FakeLease held;

	volatile boolean started;

	volatile boolean out;

	volatile Duration absence = Duration.ZERO;

	FakeElection(Recorder recorder) {
		this.recorder = recorder;
	}

	FakeElection listener(ElectionListener listener) {
		this.listener = listener;
		return this;
	}

	@Override
	public long nanoTime() {
		return this.now.get();
	}

	void pass(Duration duration) {
		this.now.addAndGet(duration.toNanos());
	}

	Epoch grant() {
		FakeLease lease = new FakeLease(new Epoch(this.epoch.incrementAndGet()),
				this.now.get() + LEASE.minus(MARGIN).toNanos());
		this.held = lease;
		this.listener.granted(lease);
		this.listener.leaderChanged(
				Optional.of(new Lease(new NodeId("node"), "nonce", lease.epoch(), Lease.State.HELD, "", LEASE)));
		return lease.epoch();
	}

	void renew() {
		FakeLease lease = this.held;
		if (lease != null) {
			lease.deadline = this.now.get() + LEASE.minus(MARGIN).toNanos();
		}
	}

	void lose() {
		FakeLease lease = this.held;
		this.held = null;
		if (lease == null) {
			return;
		}
		lease.deadline = this.now.get();
		this.listener.lost(lease.epoch(), "not renewed in time");
	}

	void lost(Epoch epoch) {
		this.listener.lost(epoch, "said once more");
	}

	void expire() {
		pass(LEASE);
	}

	@Override
	public void start(Duration absence) {
		this.recorder.record("election");
		this.absence = absence;
		this.started = true;
	}

	@Override
	public Optional<HeldLease> heldLease() {
		FakeLease lease = this.held;
		return (lease != null && lease.isValid()) ? Optional.of(lease) : Optional.empty();
	}

	@Override
	public void release(Epoch epoch) {
		this.recorder.record("release " + epoch);
		FakeLease lease = this.held;
		if (lease != null && lease.epoch().equals(epoch)) {
			lease.deadline = this.now.get();
			this.held = null;
		}
	}

	@Override
	public void standAside(Duration duration) {
		this.recorder.record("standAside " + duration.toSeconds());
	}

	@Override
	public void stayOut(boolean out) {
		this.out = out;
	}

	@Override
	public void close() {
		this.recorder.record("leave");
		this.started = false;
	}

	private final class FakeLease implements HeldLease {

		private final Epoch epoch;

		private volatile long deadline;

		FakeLease(Epoch epoch, long deadline) {
			this.epoch = epoch;
			this.deadline = deadline;
		}

		@Override
		public Epoch epoch() {
			return this.epoch;
		}

		@Override
		public Duration remaining() {
			return Duration.ofNanos(this.deadline - FakeElection.this.now.get());
		}

	}

}
