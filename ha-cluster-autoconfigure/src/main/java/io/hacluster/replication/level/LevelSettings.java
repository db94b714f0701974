package io.hacluster.replication.level;

import java.time.Duration;
import java.util.List;

import io.hacluster.replication.ReplicationSettings;

/**
 * How a log is compacted and what is kept of it.
 *
 * @param intervals how often level 1, 2 and so on are added to, ascending
 * @param batchRetention how long level-0 files are kept at least, also when they are in
 * level 1
 * @param snapshotInterval time between snapshots, positive
 * @param retention how far back the log can be restored to
 */
public record LevelSettings(List<Duration> intervals, Duration batchRetention, Duration snapshotInterval,
		Duration retention) {

	/**
	 * Takes what is set for a replication.
	 * @param settings the settings
	 * @return these
	 */
	public static LevelSettings of(ReplicationSettings settings) {
		return new LevelSettings(settings.levels(), settings.l0Retention(), settings.snapshotInterval(),
				settings.retention());
	}

}
