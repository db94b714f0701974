package io.hacluster.samples.lab;

import java.time.Duration;

/**
 * What the benchmark can measure, in the order in which it does.
 */
enum BenchmarkRow {

	/** From a commit to the row being visible on a follower. */
	LAG(Duration.ofMinutes(3)),

	/** What replication costs a writer. */
	THROUGHPUT(Duration.ofMinutes(4)),

	/** What replication costs in processor time. */
	CPU(Duration.ofMinutes(4)),

	/** The heap of a node. */
	MEMORY(Duration.ofMinutes(4)),

	/** A database out of NATS. */
	RESTORE(Duration.ofMinutes(4)),

	/** A graceful step-down as a client sees it. */
	OUTAGE(Duration.ofMinutes(2)),

	/** What nodes cost while nothing happens. */
	IDLE(Duration.ofMinutes(2)),

	/** Promotion by size of the database. */
	PROMOTION(Duration.ofMinutes(6));

	private final Duration limit;

	BenchmarkRow(Duration limit) {
		this.limit = limit;
	}

	/**
	 * Returns after what time the row is given up.
	 */
	Duration limit() {
		return this.limit;
	}

}
