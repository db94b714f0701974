package io.hacluster.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.Epoch;
import io.hacluster.lifecycle.StepObserver;
import io.hacluster.lifecycle.StepReport;
import io.hacluster.lifecycle.TransitionCause;
import io.hacluster.lifecycle.TransitionReport;

/**
 * Writes the sequences and their steps into the audit trail. Steps with nothing to do on
 * this node are left out.
 */
public final class TransitionAudit implements StepObserver {

	private static final String ACQUIRE_VIP = "acquire-vip";

	private static final String RELEASE_VIP = "release-vip";

	private final AuditTrail trail;

	/**
	 * Creates the observer.
	 * @param trail written to
	 */
	public TransitionAudit(AuditTrail trail) {
		this.trail = trail;
	}

	@Override
	public void transitionStarted(TransitionReport.Kind kind, Epoch epoch, TransitionCause cause, String reason) {
		if (cause == TransitionCause.FENCED) {
			this.trail.record(HaClusterAuditType.HA_FENCED, Map.of("epoch", epoch.value(), "reason", reason));
		}
	}

	@Override
	public void stepFinished(TransitionReport.Kind kind, Epoch epoch, StepReport step) {
		if (step.outcome() == StepReport.Outcome.SKIPPED) {
			return;
		}
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		data.put("sequence", MeterNames.tagValue(kind));
		data.put("epoch", epoch.value());
		data.put("step", step.name());
		data.put("outcome", MeterNames.tagValue(step.outcome()));
		data.put("milliseconds", step.elapsed().toMillis());
		data.put("detail", step.detail());
		this.trail.record(HaClusterAuditType.HA_STEP, data);
		if (step.succeeded() && step.name().equals(ACQUIRE_VIP)) {
			this.trail.record(HaClusterAuditType.HA_VIP_ACQUIRED, Map.of("epoch", epoch.value()));
		}
		// At its start a node takes away what may be there, and has given nothing up.
		if (step.succeeded() && step.name().equals(RELEASE_VIP) && kind != TransitionReport.Kind.START_UP) {
			this.trail.record(HaClusterAuditType.HA_VIP_RELEASED, Map.of("epoch", epoch.value()));
		}
	}

	@Override
	public void transitionFinished(TransitionReport transition) {
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		data.put("sequence", MeterNames.tagValue(transition.kind()));
		data.put("epoch", transition.epoch().value());
		data.put("cause", MeterNames.tagValue(transition.cause()));
		data.put("reason", transition.reason());
		data.put("outcome", MeterNames.outcome(transition));
		data.put("milliseconds", transition.elapsed().toMillis());
		data.put("failure", transition.failure());
		this.trail.record(HaClusterAuditType.HA_TRANSITION, data);
	}

}
