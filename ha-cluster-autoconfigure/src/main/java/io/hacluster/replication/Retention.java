package io.hacluster.replication;

import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * Decides which files of a log are superfluous: level-0 to level-8 files that are older
 * than the retention and that a snapshot covers, except the newest level-0 file; and
 * snapshots older than the retention, except the newest. Stateless.
 */
final class Retention {

	/**
	 * Creates a retention.
	 * @param retention how long to keep
	 * @param clock the wall clock
	 */
	Retention(Duration retention, Clock clock) {
		throw new UnsupportedOperationException();
	}

	/**
	 * Decides.
	 * @param entries what the log holds
	 * @return what is superfluous, in the order in which to retire it
	 */
	List<LogEntry> superfluous(List<LogEntry> entries) {
		throw new UnsupportedOperationException();
	}

}
