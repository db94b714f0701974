package io.hacluster.actuate;

import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.context.event.EventListener;

import io.hacluster.Leadership.Leader;
import io.hacluster.event.BackendFailedEvent;
import io.hacluster.event.BackendRestartedEvent;
import io.hacluster.event.DatabaseDivergedEvent;
import io.hacluster.event.LeaderChangedEvent;
import io.hacluster.event.LeadershipGrantedEvent;
import io.hacluster.event.LeadershipRevokedEvent;

/**
 * Writes what the application events of the cluster tell into the audit trail.
 */
public final class LeadershipAudit {

	private static final String EPOCH = "epoch";

	private static final String REASON = "reason";

	private final AuditTrail trail;

	/**
	 * Creates the listener.
	 * @param trail written to
	 */
	public LeadershipAudit(AuditTrail trail) {
		this.trail = trail;
	}

	@EventListener
	void granted(LeadershipGrantedEvent event) {
		this.trail.record(HaClusterAuditType.HA_LEADERSHIP_GRANTED, Map.of(EPOCH, event.epoch().value()));
	}

	@EventListener
	void revoked(LeadershipRevokedEvent event) {
		this.trail.record(HaClusterAuditType.HA_LEADERSHIP_REVOKED,
				Map.of(EPOCH, event.epoch().value(), REASON, event.reason()));
	}

	@EventListener
	void changed(LeaderChangedEvent event) {
		Leader leader = event.leader();
		this.trail.record(HaClusterAuditType.HA_LEADER_CHANGED,
				(leader != null) ? Map.of("leader", leader.nodeId().value(), EPOCH, leader.epoch().value()) : Map.of());
	}

	@EventListener
	void failed(BackendFailedEvent event) {
		this.trail.record(HaClusterAuditType.HA_BACKEND_FAILED,
				Map.of(EPOCH, event.epoch().value(), REASON, event.reason()));
	}

	@EventListener
	void restarted(BackendRestartedEvent event) {
		this.trail.record(HaClusterAuditType.HA_BACKEND_RESTARTED,
				Map.of(EPOCH, event.epoch().value(), "restarts", event.restarts()));
	}

	@EventListener
	void diverged(DatabaseDivergedEvent event) {
		Map<String, @Nullable Object> data = new LinkedHashMap<>();
		data.put("file", event.file().toString());
		data.put(EPOCH, event.epoch().value());
		data.put("branch", event.branchTxid());
		data.put(REASON, event.reason());
		this.trail.record(HaClusterAuditType.HA_DATABASE_DIVERGED, data);
	}

}
