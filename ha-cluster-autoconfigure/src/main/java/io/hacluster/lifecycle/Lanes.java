package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.List;

/**
 * The lanes of a node.
 *
 * @param replication drives the replication
 * @param virtualIp drives the virtual IP
 * @param backend drives the backend
 * @param health asks the backend how it is
 * @param lease calls the election where that may block
 */
record Lanes(Lane replication, Lane virtualIp, Lane backend, Lane health, Lane lease) implements AutoCloseable {

	static Lanes of(String cluster) {
		return new Lanes(new Lane("ha-replication-" + cluster), new Lane("ha-vip-" + cluster),
				new Lane("ha-backend-steps-" + cluster), new Lane("ha-backend-health-" + cluster),
				new Lane("ha-lease-" + cluster));
	}

	/**
	 * Closes all, each within a bound.
	 */
	@Override
	public void close() {
		List.of(this.health, this.lease, this.virtualIp, this.backend, this.replication)
			.forEach((lane) -> lane.close(Duration.ofMillis(500)));
	}

}
