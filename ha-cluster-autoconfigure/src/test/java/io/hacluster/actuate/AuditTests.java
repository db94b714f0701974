package io.hacluster.actuate;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.InMemoryAuditEventRepository;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.context.SecurityContextHolder;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.event.BackendFailedEvent;
import io.hacluster.event.BackendRestartedEvent;
import io.hacluster.event.DatabaseDivergedEvent;
import io.hacluster.event.LeaderChangedEvent;
import io.hacluster.lifecycle.StepReport;
import io.hacluster.lifecycle.StepReport.Outcome;
import io.hacluster.lifecycle.TransitionReport.Kind;
import io.hacluster.operation.ClusterOperations;
import io.hacluster.operation.OperationResult;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link AuditTrail} and those who write into it.
 */
class AuditTests {

	private static final NodeIdentity IDENTITY = new NodeIdentity("c", new NodeId("a"), "nonce");

	private static final Epoch EPOCH = new Epoch(7);

	private final InMemoryAuditEventRepository repository = new InMemoryAuditEventRepository();

	private final AuditTrail trail = new AuditTrail(IDENTITY,
			(event) -> this.repository.add(((AuditApplicationEvent) event).getAuditEvent()),
			Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

	@Test
	void stepsOfTheVirtualIpAreToldAsWhatTheyBringAbout() {
		TransitionAudit audit = new TransitionAudit(this.trail);
		audit.stepFinished(Kind.START_UP, Epoch.NONE, step("release-vip", Outcome.DONE, null));
		audit.stepFinished(Kind.PROMOTION, EPOCH, step("acquire-vip", Outcome.FAILED, "taken"));
		audit.stepFinished(Kind.PROMOTION, EPOCH, step("acquire-vip", Outcome.DONE, null));
		audit.stepFinished(Kind.STEP_DOWN, EPOCH, step("release-vip", Outcome.DONE, null));
		this.trail.close();
		assertThat(this.repository.find(null, null, null)).extracting(AuditEvent::getType)
			.containsExactly("HA_STEP", "HA_STEP", "HA_STEP", "HA_VIP_ACQUIRED", "HA_STEP", "HA_VIP_RELEASED");
		assertThat(events("HA_STEP").get(1).getData()).containsEntry("outcome", "failed")
			.containsEntry("detail", "taken")
			.containsEntry("milliseconds", 5L);
		assertThat(events("HA_VIP_ACQUIRED").get(0).getTimestamp()).isEqualTo(Instant.EPOCH);
	}

	@Test
	void eventsOfTheBackendAndTheDatabaseAreTold() {
		LeadershipAudit audit = new LeadershipAudit(this.trail);
		audit.failed(new BackendFailedEvent("c", new NodeId("a"), EPOCH, "killed"));
		audit.restarted(new BackendRestartedEvent("c", new NodeId("a"), EPOCH, 2));
		audit.diverged(new DatabaseDivergedEvent("c", new NodeId("a"), EPOCH, Path.of("/db.diverged-7"), null, "why"));
		audit.changed(new LeaderChangedEvent("c", new NodeId("a"), null));
		this.trail.close();
		assertThat(events("HA_BACKEND_FAILED").get(0).getData()).containsEntry("reason", "killed");
		assertThat(events("HA_BACKEND_RESTARTED").get(0).getData()).containsEntry("restarts", 2);
		assertThat(events("HA_DATABASE_DIVERGED").get(0).getData()).containsEntry("file", "/db.diverged-7")
			.doesNotContainKey("branch");
		assertThat(events("HA_LEADER_CHANGED").get(0).getData()).doesNotContainKey("leader");
	}

	@Test
	void operationIsToldWithItsUserAndWhatHasComeOfIt() {
		ClusterOperations delegate = mock(ClusterOperations.class);
		given(delegate.switchover(any(), any()))
			.willReturn(new OperationResult(OperationResult.Outcome.REFUSED, "too far behind", null, 0));
		given(delegate.pause(any())).willThrow(new IllegalStateException("broken"));
		new AuditedOperations(delegate, this.trail, () -> "alice").switchover(new NodeId("b"), Duration.ofSeconds(1));
		assertThatIllegalStateException()
			.isThrownBy(() -> new AuditedOperations(delegate, this.trail, () -> null).pause("upgrade"));
		this.trail.close();
		AuditEvent switchover = events("HA_OPERATION").get(0);
		assertThat(switchover.getPrincipal()).isEqualTo("alice");
		assertThat(switchover.getData()).containsEntry("operation", "switchover")
			.containsEntry("target", "b")
			.containsEntry("outcome", "refused")
			.containsEntry("message", "too far behind");
		AuditEvent pause = events("HA_OPERATION").get(1);
		assertThat(pause.getPrincipal()).isEqualTo("c/a");
		assertThat(pause.getData()).containsEntry("reason", "upgrade").containsEntry("outcome", "error");
	}

	@Test
	void userIsTheOneWhomSpringSecurityHasAuthenticated() {
		AuthenticatedUser user = new AuthenticatedUser();
		assertThat(user.get()).isNull();
		SecurityContextHolder.getContext()
			.setAuthentication(UsernamePasswordAuthenticationToken.authenticated("alice", null, List.of()));
		try {
			assertThat(user.get()).isEqualTo("alice");
		}
		finally {
			SecurityContextHolder.clearContext();
		}
	}

	@Test
	void repositoryThatBlocksDoesNotHoldUpTheNode() throws InterruptedException {
		CountDownLatch called = new CountDownLatch(1);
		CountDownLatch released = new CountDownLatch(1);
		try (AuditTrail slow = new AuditTrail(IDENTITY, (event) -> {
			called.countDown();
			awaitUninterruptibly(released);
		}, Clock.systemUTC())) {
			TransitionAudit audit = new TransitionAudit(slow);
			// Many more than are kept
			for (int i = 0; i < 2000; i++) {
				audit.stepFinished(Kind.PROMOTION, EPOCH, step("catch-up", Outcome.DONE, null));
			}
			called.await();
			released.countDown();
		}
	}

	@Test
	void repositoryThatThrowsLosesNothingElse() {
		List<Object> events = new CopyOnWriteArrayList<>();
		try (AuditTrail broken = new AuditTrail(IDENTITY, (event) -> {
			events.add(event);
			throw new IllegalStateException("broken");
		}, Clock.systemUTC())) {
			new TransitionAudit(broken).stepFinished(Kind.PROMOTION, EPOCH, step("acquire-vip", Outcome.DONE, null));
		}
		assertThat(events).hasSize(2);
	}

	private static void awaitUninterruptibly(CountDownLatch latch) {
		try {
			latch.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private List<AuditEvent> events(String type) {
		return this.repository.find(null, null, type);
	}

	private static StepReport step(String name, Outcome outcome, @Nullable String detail) {
		return new StepReport(name, outcome, Duration.ofMillis(5), detail);
	}

}
