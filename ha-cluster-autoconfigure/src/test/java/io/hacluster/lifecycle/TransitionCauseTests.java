package io.hacluster.lifecycle;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.hacluster.backend.BackendException;
import io.hacluster.lifecycle.TransitionReport.Kind;
import io.hacluster.vip.VirtualIpException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for what a {@link StepObserver} is told of the beginning of sequences and steps,
 * and for their {@link TransitionCause}.
 */
class TransitionCauseTests {

	private final LifecycleFixture fixture = new LifecycleFixture();

	@AfterEach
	void close() {
		this.fixture.close();
	}

	@Test
	void observerIsToldOfEachBeginningAndEndInTheirOrder() {
		this.fixture.lead();
		assertThat(this.fixture.observed).startsWith("begin START_UP SETTLING", "begin stop-backend",
				"end stop-backend DONE", "begin release-vip", "end release-vip DONE");
		assertThat(this.fixture.observed).containsSubsequence("end START_UP SETTLING", "begin PROMOTION ELECTED",
				"begin acquire-vip", "end acquire-vip DONE", "begin start-backend", "end start-backend DONE",
				"end PROMOTION ELECTED");
	}

	@Test
	void stepDownThatSomebodyAskedForIsRequested() {
		this.fixture.lead();
		this.fixture.lifecycle().leadership().stepDown();
		assertCause(Kind.STEP_DOWN, TransitionCause.REQUESTED);
	}

	@Test
	void stepDownOfANodeThatIsStoppedIsShutdown() {
		this.fixture.lead();
		this.fixture.lifecycle().stop(Duration.ofSeconds(60));
		assertCause(Kind.STEP_DOWN, TransitionCause.SHUTDOWN);
	}

	@Test
	void stepDownAfterALostLeaseIsLeaseLost() {
		this.fixture.lead();
		this.fixture.election.lose();
		assertCause(Kind.URGENT_STEP_DOWN, TransitionCause.LEASE_LOST);
	}

	@Test
	void stepDownAfterARefusalByTheLogIsFenced() {
		this.fixture.lead();
		this.fixture.lifecycle().fenced("a newer leader");
		assertCause(Kind.URGENT_STEP_DOWN, TransitionCause.FENCED);
	}

	@Test
	void stepDownBecauseOfTheBackendIsBackendFailed() {
		this.fixture.lead();
		this.fixture.backend.exitListener.accept("killed");
		assertCause(Kind.STEP_DOWN, TransitionCause.BACKEND_FAILED);
	}

	@Test
	void unwindingIsForTheStepThatFailed() {
		this.fixture.recorder.on("acquire", () -> {
			throw new VirtualIpException("taken", null);
		});
		this.fixture.follow();
		this.fixture.election.grant();
		assertCause(Kind.UNWIND, TransitionCause.STEP_FAILED);
	}

	@Test
	void unwindingForABackendThatDoesNotStartIsBackendFailed() {
		this.fixture.recorder.on("start", () -> {
			throw new BackendException("no such program");
		});
		this.fixture.follow();
		this.fixture.election.grant();
		assertCause(Kind.UNWIND, TransitionCause.BACKEND_FAILED);
	}

	private void assertCause(Kind kind, TransitionCause cause) {
		assertThat(this.fixture.awaitTransition(kind).cause()).isEqualTo(cause);
		await().untilAsserted(() -> assertThat(this.fixture.observed).containsSubsequence("begin " + kind + " " + cause,
				"end " + kind + " " + cause));
	}

}
