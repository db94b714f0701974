package io.hacluster.actuate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;
import io.hacluster.operation.ClusterOperations;
import io.hacluster.operation.OperationResult;

/**
 * Writes what operators ask for, and what has come of it, into the audit trail.
 */
public final class AuditedOperations implements ClusterOperations {

	private final ClusterOperations delegate;

	private final AuditTrail trail;

	private final Supplier<@Nullable String> user;

	/**
	 * Creates the decorator.
	 * @param delegate does what is asked for
	 * @param trail written to
	 * @param user names who asks on the current thread, {@code null} if that is not
	 * known: then it is the node's doing
	 */
	public AuditedOperations(ClusterOperations delegate, AuditTrail trail, Supplier<@Nullable String> user) {
		this.delegate = delegate;
		this.trail = trail;
		this.user = user;
	}

	@Override
	public OperationResult stepDown() {
		return audited("step-down", Map.of(), this.delegate::stepDown);
	}

	@Override
	public OperationResult switchover(@Nullable NodeId target, Duration timeout) {
		return audited("switchover", (target != null) ? Map.of("target", target.value()) : Map.of(),
				() -> this.delegate.switchover(target, timeout));
	}

	@Override
	public OperationResult failover(NodeId target, boolean acceptDataLoss, Duration timeout) {
		return audited("failover", Map.of("target", target.value(), "acceptDataLoss", acceptDataLoss),
				() -> this.delegate.failover(target, acceptDataLoss, timeout));
	}

	@Override
	public OperationResult pause(String reason) {
		return audited("pause", Map.of("reason", reason), () -> this.delegate.pause(reason));
	}

	@Override
	public OperationResult resume() {
		return audited("resume", Map.of(), this.delegate::resume);
	}

	@Override
	public OperationResult snapshot() {
		return audited("snapshot", Map.of(), this.delegate::snapshot);
	}

	private OperationResult audited(String operation, Map<String, Object> parameters,
			Supplier<OperationResult> action) {
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		data.put("operation", operation);
		data.putAll(parameters);
		try {
			OperationResult result = action.get();
			data.put("outcome", MeterNames.tagValue(result.outcome()));
			data.put("message", result.message());
			return result;
		}
		catch (RuntimeException ex) {
			data.put("outcome", "error");
			data.put("message", ex.toString());
			throw ex;
		}
		finally {
			this.trail.record(this.user.get(), HaClusterAuditType.HA_OPERATION, data);
		}
	}

}
