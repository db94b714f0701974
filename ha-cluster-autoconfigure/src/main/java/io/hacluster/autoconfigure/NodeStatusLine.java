package io.hacluster.autoconfigure;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import io.hacluster.lifecycle.BackendStatus;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.lifecycle.ClusterStatus;
import io.hacluster.lifecycle.LifecycleState;
import io.hacluster.replication.Replication;

/**
 * What a node does, in one line: for {@code systemctl status}.
 */
final class NodeStatusLine {

	private static final double MILLIS_PER_SECOND = 1000.0;

	private final ClusterLifecycle node;

	private final @Nullable Replication replication;

	NodeStatusLine(ClusterLifecycle node, @Nullable Replication replication) {
		this.node = node;
		this.replication = replication;
	}

	String text() {
		ClusterStatus status = this.node.status();
		String text = role(status);
		ClusterStatus.Failure failure = status.lastFailure();
		return (failure != null) ? text + "; last failure: " + failure.message() : text;
	}

	private String role(ClusterStatus status) {
		String step = (status.currentStep() != null) ? ": " + status.currentStep() : "";
		if (status.state() == LifecycleState.PROMOTING) {
			return "becoming leader, epoch " + status.epoch() + step;
		}
		if (status.state() == LifecycleState.DEMOTING) {
			return "stepping down, epoch " + status.epoch() + step;
		}
		if (status.state() == LifecycleState.LEADER) {
			return "leader, epoch " + status.epoch() + trouble(status.backend());
		}
		return status.leader()
			.map((leader) -> "follower of " + leader.nodeId() + lag())
			.orElse("follower, no leader known");
	}

	private static String trouble(@Nullable BackendStatus backend) {
		return (backend == null || backend.state() == BackendStatus.State.UP) ? "" : ", backend is " + backend.state();
	}

	private String lag() {
		return (this.replication == null) ? "" : String.format(Locale.ROOT, ", lag %.1f s",
				this.replication.status().lag().toMillis() / MILLIS_PER_SECOND);
	}

}
