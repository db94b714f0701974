package io.hacluster.actuate;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.ReplicationStatus;

/**
 * How health describes and judges the replication.
 */
final class ReplicationDetails {

	private static final double MILLIS_PER_SECOND = 1000.0;

	private ReplicationDetails() {
	}

	static Map<String, Object> of(ReplicationStatus replication) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("state", replication.state());
		details.put("position", replication.txid());
		details.put("logPosition", replication.logTxid());
		details.put("lag", seconds(replication.lag()));
		if (!replication.diverged().isEmpty()) {
			details.put("diverged", replication.diverged().stream().map(ReplicationDetails::of).toList());
		}
		return details;
	}

	/**
	 * Returns why a follower is too far behind, {@code null} if it is not or that is not
	 * judged.
	 */
	static @Nullable String tooFarBehind(ReplicationStatus replication, @Nullable Duration maxLag) {
		if (maxLag == null || replication.lag().compareTo(maxLag) <= 0) {
			return null;
		}
		return "The replica is " + seconds(replication.lag()) + " s behind the log, more than the " + seconds(maxLag)
				+ " s of ha.cluster.health.max-lag";
	}

	private static double seconds(Duration duration) {
		return duration.toMillis() / MILLIS_PER_SECOND;
	}

	private static Map<String, Object> of(DivergedDatabase database) {
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("file", database.file().toString());
		details.put("time", database.time());
		details.put("bytes", database.bytes());
		details.put("epoch", database.epoch().value());
		DivergedDatabase.Branch branch = database.branch();
		if (branch != null) {
			details.put("branch", branch.txid());
		}
		details.put("reason", database.reason());
		return details;
	}

}
