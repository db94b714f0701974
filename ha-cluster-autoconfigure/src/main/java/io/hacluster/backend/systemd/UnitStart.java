package io.hacluster.backend.systemd;

import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.backend.BackendException;

/**
 * How a unit is started: with the result of systemd's job, and with what went wrong in
 * words.
 */
final class UnitStart {

	private static final Logger log = LoggerFactory.getLogger(UnitStart.class);

	private final NodeIdentity identity;

	private final SystemdSettings settings;

	private final String unit;

	private final Systemctl systemctl;

	private final StartPermit permit;

	private final Journal journal;

	private final UnitDescription description;

	UnitStart(NodeIdentity identity, SystemdSettings settings, Systemctl systemctl, StartPermit permit, Journal journal,
			UnitDescription description) {
		this.identity = identity;
		this.settings = settings;
		this.unit = settings.unit();
		this.systemctl = systemctl;
		this.permit = permit;
		this.journal = journal;
		this.description = description;
	}

	/**
	 * Starts the unit.
	 * @param before how it is now
	 * @param deadline until when, by the system's ticker
	 * @throws BackendException if it does not start, or what it depends on is not active
	 */
	void run(UnitStatus before, long deadline) throws InterruptedException {
		requireDependencies();
		if (before.hasFailed()) {
			this.systemctl.resetFailed(this.unit);
		}
		String unpermitted = this.permit.give();
		ToolResult result = this.systemctl.start(this.unit, left(deadline));
		UnitStatus after = this.systemctl.show(this.unit);
		if (!result.succeeded() && after.result().equals("start-limit-hit")) {
			this.systemctl.resetFailed(this.unit);
			result = this.systemctl.start(this.unit, left(deadline));
			after = this.systemctl.show(this.unit);
		}
		if (result.succeeded() && !after.hasEnded()) {
			log.info("[{}] Started {}, which is {}", this.identity, this.unit, after);
			return;
		}
		if (result.timedOut()) {
			throw new BackendException(
					this.unit + " has not started in time, and is " + after + "; " + this.journal.describe(after));
		}
		if (!after.hasFailed() && !result.succeeded()) {
			throw new BackendException(SystemdRights.explain(this.unit, "start", result)
					+ (unpermitted.isEmpty() ? "" : "; " + unpermitted));
		}
		if (result.succeeded() && after.refusedByCondition()) {
			throw new BackendException(this.unit + " was not started, because a condition of its unit is not met");
		}
		throw new BackendException(this.description.end(after));
	}

	private void requireDependencies() throws InterruptedException {
		if (this.settings.dependencies().isEmpty()) {
			return;
		}
		for (UnitStatus dependency : this.systemctl.show(this.settings.dependencies())) {
			if (!dependency.isActive()) {
				String unusable = UnitFailure.ofLoading(dependency);
				throw new BackendException(this.unit + " is not started, because " + dependency.id()
						+ " of 'ha.cluster.backend.systemd.dependencies' is not active: "
						+ ((unusable != null) ? unusable : "it is " + dependency));
			}
		}
	}

	private static Duration left(long deadline) {
		return Duration.ofNanos(Math.max(0, deadline - Ticker.SYSTEM.nanoTime()));
	}

}
