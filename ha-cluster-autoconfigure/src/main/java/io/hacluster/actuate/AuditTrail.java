package io.hacluster.actuate;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;

import io.hacluster.NodeIdentity;

/**
 * Publishes audit events, on a thread of its own because a repository may be slow. An
 * event bears the time at which it was recorded here. Thread-safe.
 */
public final class AuditTrail implements AutoCloseable {

	private final NodeIdentity identity;

	private final ApplicationEventPublisher publisher;

	private final Clock clock;

	private final SideThread thread;

	/**
	 * Creates the trail.
	 * @param identity this node
	 * @param publisher told the events
	 * @param clock for the times of the events
	 */
	public AuditTrail(NodeIdentity identity, ApplicationEventPublisher publisher, Clock clock) {
		this.identity = identity;
		this.publisher = publisher;
		this.clock = clock;
		this.thread = new SideThread(identity, "audit-events");
	}

	/**
	 * Records what this node has done or seen, in its own name. Returns at once.
	 */
	void record(HaClusterAuditType type, Map<String, @Nullable Object> data) {
		record(null, type, data);
	}

	/**
	 * Records what somebody has done. Returns at once.
	 * @param principal who, {@code null} for this node
	 * @param data details, of which those that are null are left out
	 */
	void record(@Nullable String principal, HaClusterAuditType type, Map<String, @Nullable Object> data) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("cluster", this.identity.cluster());
		details.put("node", this.identity.nodeId().value());
		data.forEach((key, value) -> {
			if (value != null) {
				details.put(key, value);
			}
		});
		AuditEvent event = new AuditEvent(this.clock.instant(),
				(principal != null) ? principal : this.identity.cluster() + "/" + this.identity.nodeId(), type.name(),
				details);
		this.thread.run(() -> this.publisher.publishEvent(new AuditApplicationEvent(event)));
	}

	/**
	 * Publishes what there is, for a bounded time, and ends the thread.
	 */
	@Override
	public void close() {
		this.thread.close();
	}

}
