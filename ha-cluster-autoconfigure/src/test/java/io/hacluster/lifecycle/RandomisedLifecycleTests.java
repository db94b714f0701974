package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.hacluster.Epoch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Random grants, losses, step-downs, fences and backend failures against parts that
 * block, throw and ignore interruption, with a model that knows what must never be seen.
 */
class RandomisedLifecycleTests {

	private static final int TERMS = 150;

	private static final List<String> REPLICATION = List.of("fenceAndCatchUp", "stopFollowing", "promote",
			"awaitDatabase", "startPrimary", "startSnapshots", "stopSnapshots", "stopPrimary", "flush",
			"startFollowing", "awaitCaughtUp");

	private static final List<String> OTHERS = List.of("start", "stop", "acquire", "releaseVip");

	private final LifecycleFixture fixture = new LifecycleFixture();

	private final Recorder recorder = this.fixture.recorder;

	private final List<String> violations = new CopyOnWriteArrayList<>();

	private final AtomicInteger inReplication = new AtomicInteger();

	private final AtomicInteger inBackend = new AtomicInteger();

	private volatile boolean backendRuns;

	private volatile boolean following;

	private volatile boolean calm;

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	void nothingForbiddenIsEverSeenAndEveryStateHasAnExit() {
		long seed = new Random().nextLong();
		Random random = new Random(seed);
		this.fixture.timeouts = new StepTimeouts(ms(150), ms(150), ms(150), ms(150), ms(150), ms(150), ms(50));
		this.fixture.supervision = LifecycleFixture.supervision(TERMS);
		REPLICATION.forEach((call) -> this.recorder.on(call, () -> replication(call, random)));
		OTHERS.forEach((call) -> this.recorder.on(call, () -> other(call, random)));
		this.fixture.start();
		int promoted = 0;
		for (int i = 0; i < TERMS; i++) {
			await().until(() -> this.fixture.lifecycle().status().state() == LifecycleState.FOLLOWER
					&& this.fixture.election.started);
			Epoch epoch = this.fixture.election.grant();
			if (random.nextBoolean()) {
				await().until(() -> this.fixture.lifecycle().leadership().isLeader() || hasEnded(epoch));
			}
			else {
				await().pollDelay(ms(random.nextInt(20))).until(() -> true);
			}
			promoted += this.fixture.lifecycle().leadership().isLeader() ? 1 : 0;
			end(random);
			await().until(() -> hasEnded(epoch));
		}
		this.calm = true;
		this.fixture.lifecycle().stop(Duration.ofSeconds(10));
		assertThat(this.violations).as("seed %d", seed).isEmpty();
		assertThat(this.backendRuns).as("backend after the end, seed %d", seed).isFalse();
		assertThat(promoted).as("terms that were led, seed %d", seed).isGreaterThan(TERMS / 20);
	}

	private boolean hasEnded(Epoch epoch) {
		return this.fixture.transitions.stream()
			.anyMatch((it) -> it.epoch().equals(epoch) && it.kind() != TransitionReport.Kind.PROMOTION);
	}

	private void end(Random random) {
		switch (random.nextInt(5)) {
			case 0 -> this.fixture.lifecycle().fenced("fenced");
			case 1 -> {
				// Restarted, which anything else may interrupt.
				this.fixture.backend.exitListener.accept("exited with code 1");
				await().pollDelay(ms(random.nextInt(20))).until(() -> true);
				if (!this.fixture.lifecycle().leadership().stepDown()) {
					this.fixture.election.lose();
				}
			}
			case 2 -> {
				if (!this.fixture.lifecycle().leadership().stepDown()) {
					this.fixture.election.lose();
				}
			}
			case 3 -> {
				this.fixture.election.expire();
				this.fixture.election.lose();
			}
			default -> this.fixture.election.lose();
		}
	}

	private void replication(String call, Random random) throws InterruptedException {
		if (this.inReplication.incrementAndGet() > 1) {
			this.violations.add(call + " beside another call of replication");
		}
		try {
			disturb(random);
			switch (call) {
				case "startFollowing" -> {
					if (this.backendRuns) {
						this.violations.add("files moved under a running backend");
					}
					this.following = true;
				}
				case "stopFollowing" -> this.following = false;
				case "promote", "startPrimary", "startSnapshots" -> {
					if (this.following) {
						this.violations.add(call + " while following (peer defect 19)");
					}
				}
				case "flush" -> {
					if (this.backendRuns) {
						this.violations.add("final flush before the backend had stopped (peer defect 16)");
					}
				}
				default -> {
				}
			}
		}
		finally {
			this.inReplication.decrementAndGet();
		}
	}

	private void other(String call, Random random) throws InterruptedException {
		boolean ofBackend = call.equals("start") || call.equals("stop");
		if (ofBackend && this.inBackend.incrementAndGet() > 1) {
			this.violations.add(call + " beside another call of the backend");
		}
		try {
			if (call.equals("start")) {
				if (this.following) {
					this.violations.add("backend started while following");
				}
				this.backendRuns = true;
			}
			disturb(random);
			if (call.equals("stop")) {
				this.backendRuns = false;
			}
		}
		finally {
			if (ofBackend) {
				this.inBackend.decrementAndGet();
			}
		}
	}

	private void disturb(Random random) throws InterruptedException {
		if (this.calm) {
			return;
		}
		int what = random.nextInt(80);
		if (what == 0) {
			throw new IllegalStateException("random failure");
		}
		else if (what == 1) {
			spend(random.nextInt(300), true);
		}
		else if (what == 2) {
			spend(random.nextInt(300), false);
		}
		else if (what < 20) {
			spend(random.nextInt(5), true);
		}
	}

	private static void spend(int millis, boolean interruptible) throws InterruptedException {
		long end = System.nanoTime() + ms(millis).toNanos();
		while (System.nanoTime() - end < 0) {
			if (Thread.interrupted() && interruptible) {
				throw new InterruptedException();
			}
			Thread.onSpinWait();
		}
	}

	private static Duration ms(int millis) {
		return Duration.ofMillis(millis);
	}

}
