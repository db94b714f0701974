package io.hacluster.election;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.NodeIdentity;

/**
 * One node's {@link Election}, stepped by hand on a clock that stands still.
 */
final class ManualElection {

	static final ElectionSettings SETTINGS = ElectionSettings.of(Duration.ofSeconds(10), Duration.ofSeconds(3), "");

	final LeaseStore store;

	final Election election;

	final List<String> events = new ArrayList<>();

	final List<String> calls = new ArrayList<>();

	private final Deque<BiFunction<Step.Call, LeaseStore, Outcome>> faults = new ArrayDeque<>();

	final Clock clock;

	boolean eligible = true;

	long logEpoch;

	@Nullable Term term;

	Duration callTime = Duration.ZERO;

	ManualElection(NodeIdentity identity, LeaseStore store, Clock clock) {
		this(identity, store, clock, SETTINGS);
	}

	ManualElection(NodeIdentity identity, LeaseStore store, Clock clock, ElectionSettings settings) {
		this.store = store;
		this.clock = clock;
		Candidate candidate = new Candidate() {

			@Override
			public boolean isEligible() {
				return ManualElection.this.eligible;
			}

			@Override
			public Epoch latestEpoch() {
				return new Epoch(ManualElection.this.logEpoch);
			}

		};
		this.election = new Election(identity, settings, candidate, clock::nanoTime, new Random(1), this::record);
	}

	private void record(ElectionEvent event) {
		if (event instanceof ElectionEvent.Granted granted) {
			this.term = granted.term();
			this.events.add("granted " + granted.term().epoch());
		}
		else if (event instanceof ElectionEvent.Lost lost) {
			this.events.add("lost " + lost.term().epoch());
		}
	}

	/**
	 * Uses an outcome of the test's instead of the store's for the next call.
	 */
	void nextCall(BiFunction<Step.Call, LeaseStore, Outcome> fault) {
		this.faults.add(fault);
	}

	/**
	 * Takes steps until there is nothing to do now.
	 * @return until when
	 */
	long settle() {
		for (int i = 0; i < 1000; i++) {
			Step step = this.election.next(this.clock.nanoTime());
			if (step instanceof Step.Pause pause) {
				return pause.until();
			}
			call((Step.Call) step);
		}
		throw new AssertionError("The election never pauses: " + this.calls);
	}

	private void call(Step.Call call) {
		this.calls.add(call.purpose() + " " + call.claim().key());
		long sentAt = this.clock.nanoTime();
		BiFunction<Step.Call, LeaseStore, Outcome> fault = this.faults.poll();
		Outcome outcome = (fault != null) ? fault.apply(call, this.store) : call.execute(this.store);
		this.clock.advance(this.callTime);
		this.election.completed(call, outcome, sentAt, this.clock.nanoTime());
	}

	/**
	 * Lets time pass while the election runs.
	 */
	void run(Duration duration) {
		long end = this.clock.nanoTime() + duration.toNanos();
		while (true) {
			long until = settle();
			if (until - end >= 0) {
				this.clock.set(end);
				settle();
				return;
			}
			this.clock.set((until - this.clock.nanoTime() > 0) ? until : this.clock.nanoTime());
		}
	}

	boolean leads() {
		return this.term != null && this.term.isValid();
	}

	CompletableFuture<Boolean> release(Epoch epoch) {
		CompletableFuture<Boolean> done = new CompletableFuture<>();
		this.election.release(epoch, done, this.clock.nanoTime());
		return done;
	}

	/**
	 * A clock that is set by hand, and starts just before it overflows.
	 */
	static final class Clock {

		private long now = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

		long nanoTime() {
			return this.now;
		}

		void advance(Duration duration) {
			this.now += duration.toNanos();
		}

		void set(long nanoTime) {
			this.now = nanoTime;
		}

	}

}
