package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.hacluster.Epoch;
import io.hacluster.backend.BackendHealth;
import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.backend.LeaseBoundBackend;
import io.hacluster.backend.MonitoredBackend;
import io.hacluster.election.HeldLease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link BackendLease}.
 */
class BackendLeaseTests {

	private static final Duration LEASE = Duration.ofSeconds(1);

	private static final Duration MARGIN = Duration.ofMillis(200);

	private static final Duration LEADERSHIP = LEASE.minus(MARGIN);

	private final AtomicLong now = new AtomicLong();

	/**
	 * When the lease was last asked, which the clock may since have passed.
	 */
	private volatile long asked;

	private final List<Call> calls = new CopyOnWriteArrayList<>();

	private final AtomicInteger failures = new AtomicInteger();

	private final BackendLease backendLease = new BackendLease(LifecycleFixture.IDENTITY,
			new MonitoredBackend(new Bound(), null),
			new LifecycleSettings(LEASE, MARGIN, StepTimeouts.of(LEASE, LEASE), LifecycleFixture.NO_RESTARTS));

	@AfterEach
	void close() {
		this.backendLease.close();
	}

	@Test
	void beginProlongsAtOnceAndThenAtIntervalsByWhatIsLeft() {
		this.backendLease.begin(lease());
		assertThat(this.calls).hasSize(1);
		this.now.addAndGet(Duration.ofMillis(100).toNanos());
		await().until(() -> this.calls.size() > 2);
		Call first = this.calls.get(0);
		Call last = this.calls.get(this.calls.size() - 1);
		assertThat(last.remaining()).isEqualTo(first.remaining().minusMillis(100));
	}

	@Test
	void serviceEndsBetweenTheEndOfTheLeadershipAndThatOfTheLeaseWithTimeForTheKill() {
		this.backendLease.begin(lease());
		Duration remaining = this.calls.get(0).remaining();
		assertThat(remaining).isGreaterThan(LEADERSHIP).isLessThan(LEASE.minus(MARGIN.dividedBy(2)));
		StepDownBudgets urgent = StepDownBudgets.urgent(StepTimeouts.of(LEASE, LEASE), MARGIN);
		assertThat(remaining.minus(LEADERSHIP))
			.isEqualTo(urgent.stopSnapshots().plus(urgent.stopPrimary()).plus(urgent.stopBackend()));
	}

	@Test
	void nothingProlongsAfterTheEndOfTheLeadership() {
		// A JVM that was frozen goes on after the end of its lease, before anybody has
		// told it.
		this.backendLease.begin(lease());
		List<Long> steps = new ArrayList<>(List.of(300L, 300L, 199L, 1L, 1L, 1000L, 100000L));
		for (long millis : steps) {
			this.now.addAndGet(Duration.ofMillis(millis).toNanos());
			int before = this.calls.size();
			if (isHeld()) {
				await().until(() -> this.calls.size() > before + 1);
			}
			else {
				await().during(LEASE.dividedBy(4)).until(() -> this.calls.size() <= before + 1);
			}
		}
		assertThat(this.calls).allSatisfy((call) -> {
			assertThat(call.at()).isLessThan(LEADERSHIP.toNanos());
			assertThat(call.at() + call.remaining().toNanos()).isLessThan(LEASE.toNanos());
		});
	}

	@Test
	void beginWithALeaseThatNoLongerHoldsDoesNotProlong() {
		this.now.set(LEADERSHIP.toNanos());
		this.backendLease.begin(lease());
		assertThat(this.calls).isEmpty();
	}

	@Test
	void endEndsIt() {
		this.backendLease.begin(lease());
		this.backendLease.end();
		int before = this.calls.size();
		await().during(LEASE.dividedBy(2)).until(() -> this.calls.size() <= before + 1);
	}

	@Test
	void beginOfTheNextTermReplacesTheFormer() {
		this.backendLease.begin(lease());
		this.now.set(LEASE.toNanos());
		this.backendLease.begin(new FixedLease(LEASE.multipliedBy(2).toNanos()));
		await().until(() -> this.calls.size() > 2);
		assertThat(this.calls.subList(1, this.calls.size())).extracting(Call::at).containsOnly(LEASE.toNanos());
	}

	@Test
	void backendThatThrowsIsStillProlonged() {
		this.failures.set(2);
		this.backendLease.begin(lease());
		await().until(() -> this.calls.size() > 1);
	}

	private HeldLease lease() {
		return new FixedLease(LEADERSHIP.toNanos());
	}

	private boolean isHeld() {
		return this.now.get() < LEADERSHIP.toNanos();
	}

	private Call call(Supplier<Duration> asking) {
		Duration remaining = asking.get();
		return new Call(this.asked, remaining);
	}

	private record Call(long at, Duration remaining) {
	}

	private final class FixedLease implements HeldLease {

		private final long deadline;

		FixedLease(long deadline) {
			this.deadline = deadline;
		}

		@Override
		public Epoch epoch() {
			return new Epoch(1);
		}

		@Override
		public Duration remaining() {
			long at = BackendLeaseTests.this.now.get();
			BackendLeaseTests.this.asked = at;
			return Duration.ofNanos(this.deadline - at);
		}

	}

	private final class Bound implements LeaseBoundBackend {

		@Override
		public void prolong(Supplier<Duration> remaining) {
			if (BackendLeaseTests.this.failures.getAndDecrement() > 0) {
				throw new IllegalStateException("no guard");
			}
			BackendLeaseTests.this.calls.add(call(remaining));
		}

		@Override
		public void start(Duration timeout) {
		}

		@Override
		public void stop(Duration timeout) {
		}

		@Override
		public BackendHealth health() {
			return new BackendHealth(Status.UP, "runs");
		}

	}

}
