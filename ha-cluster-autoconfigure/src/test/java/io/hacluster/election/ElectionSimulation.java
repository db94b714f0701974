package io.hacluster.election;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;

import io.hacluster.Epoch;

/**
 * Several nodes in virtual time, with clocks of different rates, a store that loses,
 * delays and answers late, processes that are stopped or replaced, and an operator who
 * purges. After every event it checks that at most one term is valid, and at every grant
 * that epochs rise.
 */
final class ElectionSimulation {

	private static final long MILLI = 1_000_000;

	private final Random random;

	private final int faults;

	private final ElectionSettings settings;

	private final MemoryLeaseStore store = new MemoryLeaseStore();

	private final PriorityQueue<Event> queue = new PriorityQueue<>((one, other) -> (one.at != other.at)
			? Long.compare(one.at, other.at) : Long.compare(one.number, other.number));

	private final List<Node> nodes = new ArrayList<>();

	private long now;

	private long number;

	private long greatestEpoch;

	private boolean faulty = true;

	int grants;

	int losses;

	/**
	 * Creates a simulation.
	 * @param seed of everything that is random
	 * @param count how many nodes
	 * @param faults how many calls of a hundred go wrong
	 */
	ElectionSimulation(long seed, int count, int faults) {
		this.random = new Random(seed);
		this.faults = faults;
		this.settings = ElectionSettings.of(Duration.ofSeconds(10), Duration.ofSeconds(3), "");
		for (int i = 0; i < count; i++) {
			this.nodes.add(new Node("node-" + i, 0));
		}
	}

	void run(Duration faultyTime) {
		long end = this.now + faultyTime.toNanos();
		at(0, this::disturb);
		runUntil(end);
	}

	/**
	 * Runs without faults until somebody leads.
	 * @return for how long nobody led
	 */
	Duration heal() {
		this.faulty = false;
		long start = this.now;
		while (this.nodes.stream().noneMatch(Node::leads)) {
			runUntil(this.now + 10 * MILLI);
			if (this.now - start > Duration.ofMinutes(5).toNanos()) {
				throw new AssertionError("nobody leads after five minutes without faults");
			}
		}
		return Duration.ofNanos(this.now - start);
	}

	/**
	 * Runs without faults.
	 * @return how many terms began
	 */
	int calm(Duration time) {
		int before = this.grants;
		runUntil(this.now + time.toNanos());
		return this.grants - before;
	}

	private void runUntil(long end) {
		while (!this.queue.isEmpty() && this.queue.peek().at <= end) {
			Event event = this.queue.poll();
			// Terms end by time alone, so look just before each event as well
			this.now = event.at;
			check();
			event.action.run();
			check();
		}
		this.now = end;
	}

	private void check() {
		List<String> leading = this.nodes.stream().filter(Node::leads).map((node) -> node.name).toList();
		if (leading.size() > 1) {
			throw new AssertionError("at " + Duration.ofNanos(this.now) + " leaders are " + leading);
		}
	}

	private void disturb() {
		if (!this.faulty) {
			return;
		}
		Node node = this.nodes.get(this.random.nextInt(this.nodes.size()));
		switch (this.random.nextInt(12)) {
			case 0, 1, 2 -> node.stop(millis(1, 30_000));
			case 3 -> node.stop(millis(7000, 11_000));
			case 4 -> this.store.purge("leader");
			case 5 -> this.store.purge("node." + node.name);
			case 6, 7 -> restart(node);
			case 8 -> node.release();
			case 9 -> this.nodes.forEach((each) -> each.cutOffUntil = this.now + millis(1, 15_000));
			default -> node.cutOffUntil = this.now + millis(1, 25_000);
		}
		at(millis(1, 12_000), this::disturb);
	}

	private void restart(Node node) {
		node.dead = true;
		this.nodes.remove(node);
		this.nodes.add(new Node(node.name, node.incarnation + 1));
	}

	private long millis(int from, int to) {
		return this.random.nextLong(from * MILLI, to * MILLI);
	}

	private void at(long delay, Runnable action) {
		this.queue.add(new Event(this.now + delay, this.number++, action));
	}

	private record Event(long at, long number, Runnable action) {
	}

	private final class Node {

		private final String name;

		private final int incarnation;

		private final double rate;

		private final long origin;

		private final Election election;

		private Term term;

		private boolean dead;

		private long stoppedUntil;

		private long cutOffUntil;

		Node(String name, int incarnation) {
			Random seeds = ElectionSimulation.this.random;
			this.name = name;
			this.incarnation = incarnation;
			// Two clocks that run half a percent too fast and too slow
			this.rate = 1 + (seeds.nextDouble() - 0.5) / 100;
			this.origin = seeds.nextLong();
			Candidate candidate = new Candidate() {

				@Override
				public boolean isEligible() {
					return true;
				}

				@Override
				public Epoch latestEpoch() {
					return new Epoch(ElectionSimulation.this.greatestEpoch);
				}

			};
			this.election = new Election(Leases.identity(name, "n" + incarnation), ElectionSimulation.this.settings,
					candidate, this::nanoTime, new Random(seeds.nextLong()), this::record);
			at(millis(0, 3000), this::step);
		}

		private long nanoTime() {
			return this.origin + (long) (ElectionSimulation.this.now * this.rate);
		}

		private boolean leads() {
			return !this.dead && this.term != null && this.term.isValid();
		}

		private void record(ElectionEvent event) {
			if (event instanceof ElectionEvent.Granted granted) {
				this.term = granted.term();
				long epoch = granted.term().epoch().value();
				if (epoch <= ElectionSimulation.this.greatestEpoch) {
					throw new AssertionError("epoch " + epoch + " after " + ElectionSimulation.this.greatestEpoch);
				}
				ElectionSimulation.this.greatestEpoch = epoch;
				ElectionSimulation.this.grants++;
			}
			else if (event instanceof ElectionEvent.Lost) {
				ElectionSimulation.this.losses++;
			}
		}

		private void stop(long nanos) {
			this.stoppedUntil = Math.max(this.stoppedUntil, ElectionSimulation.this.now + nanos);
		}

		private void release() {
			if (leads() && !isStopped()) {
				this.election.release(this.term.epoch(), new java.util.concurrent.CompletableFuture<>(), nanoTime());
				this.election.standAside(nanoTime() + Duration.ofSeconds(10).toNanos());
			}
		}

		private boolean isStopped() {
			return this.stoppedUntil > ElectionSimulation.this.now;
		}

		/**
		 * Does something as soon as this process runs.
		 */
		private void whenRunning(Runnable action) {
			if (this.dead) {
				return;
			}
			if (isStopped()) {
				at(this.stoppedUntil - ElectionSimulation.this.now, () -> whenRunning(action));
			}
			else {
				action.run();
			}
		}

		private void step() {
			whenRunning(() -> {
				Step step = this.election.next(nanoTime());
				if (step instanceof Step.Pause pause) {
					if (pause.until() - nanoTime() <= 0) {
						throw new AssertionError("a pause that has ended would spin: " + pause);
					}
					long nanos = (long) ((pause.until() - nanoTime()) / this.rate);
					// Hints arrive, late and early
					long hint = (ElectionSimulation.this.random.nextInt(5) == 0) ? millis(0, 1500) : Long.MAX_VALUE;
					at(Math.max(1, Math.min(nanos + 1, hint)), () -> {
						if (hint < nanos) {
							this.election.hint();
						}
						step();
					});
				}
				else {
					send((Step.Call) step);
				}
			});
		}

		private void send(Step.Call call) {
			long sentAt = nanoTime();
			// The process may be stopped between the reading of its clock and the call
			if (ElectionSimulation.this.faulty && ElectionSimulation.this.random.nextInt(50) == 0) {
				stop(millis(1, 20_000));
			}
			whenRunning(() -> {
				long timeout = ElectionSimulation.this.settings.storeTimeout().toNanos();
				boolean cut = this.cutOffUntil > ElectionSimulation.this.now;
				boolean fault = ElectionSimulation.this.faulty
						&& (cut || ElectionSimulation.this.random.nextInt(100) < ElectionSimulation.this.faults);
				if (!fault) {
					at(millis(0, 40), () -> {
						Outcome outcome = call.execute(ElectionSimulation.this.store);
						at(millis(0, 40), () -> whenRunning(() -> answered(call, outcome, sentAt)));
					});
					return;
				}
				switch (ElectionSimulation.this.random.nextInt(cut ? 2 : 4)) {
					case 0 -> {
						// Never arrives
					}
					case 1 -> at(millis(0, 25_000), () -> call.execute(ElectionSimulation.this.store));
					case 2 -> at(millis(0, 1900), () -> call.execute(ElectionSimulation.this.store));
					default -> {
						at(millis(0, 1900), () -> {
							Outcome outcome = call.execute(ElectionSimulation.this.store);
							at(1, () -> whenRunning(() -> answered(call, outcome, sentAt)));
						});
						return;
					}
				}
				at(timeout, () -> whenRunning(() -> answered(call, new Outcome.Failed("no answer"), sentAt)));
			});
		}

		private void answered(Step.Call call, Outcome outcome, long sentAt) {
			this.election.completed(call, outcome, sentAt, nanoTime());
			at(millis(0, 2), this::step);
		}

	}

}
