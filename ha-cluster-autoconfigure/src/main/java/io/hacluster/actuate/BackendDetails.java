package io.hacluster.actuate;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.backend.BackendHealth;
import io.hacluster.lifecycle.BackendStatus;
import io.hacluster.lifecycle.ClusterStatus;

/**
 * The backend as health shows it.
 */
final class BackendDetails {

	private BackendDetails() {
	}

	static Map<String, Object> of(BackendStatus backend) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("state", backend.state());
		BackendHealth health = backend.health();
		if (health != null) {
			details.put("detail", health.detail());
		}
		details.put("consecutiveFailures", backend.consecutiveFailures());
		details.put("restartsInWindow", backend.restartsInWindow());
		ClusterStatus.Failure failure = backend.lastFailure();
		if (failure != null) {
			details.put("lastFailure", Map.of("at", failure.at(), "message", failure.message()));
		}
		Instant cooling = backend.coolingUntil();
		if (cooling != null) {
			details.put("coolingUntil", cooling);
		}
		return details;
	}

	/**
	 * Returns why the backend of a leader does not serve, {@code null} if it does.
	 */
	static @Nullable String problem(BackendStatus backend) {
		BackendHealth health = backend.health();
		ClusterStatus.Failure failure = backend.lastFailure();
		String last = (failure != null) ? failure.message() : "";
		return switch (backend.state()) {
			case UP, STARTING -> null;
			case DOWN, STOPPING, STOPPED -> "The backend does not serve: "
					+ ((health != null) ? health.detail() : backend.state().name().toLowerCase(Locale.ROOT));
			case FAILED -> "The backend has failed: " + last;
			case RESTARTING -> "The backend is being restarted: " + last;
		};
	}

}
