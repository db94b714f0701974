package io.hacluster.samples.lab;

import java.sql.SQLException;
import java.time.Duration;

/**
 * Lets the nodes of a cluster hand over to one another.
 *
 * @param context the context
 * @param cluster a cluster with a leader and a follower
 */
record StepDowns(BenchmarkContext context, Cluster cluster) {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private static final Duration HEALTH_POLL = Duration.ofMillis(2);

	private static final HttpCalls HTTP = new HttpCalls();

	Times run(Node first, int repetitions) throws SQLException {
		Times times = new Times(new Samples(), new Samples());
		Node leader = first;
		for (int i = 0; i < repetitions; i++) {
			this.context.awaitLevel(this.cluster, leader);
			Node successor = this.cluster.other(leader);
			Duration promotionBefore = successor.promotionTime();
			long start = System.nanoTime();
			leader.stepDown();
			Duration outage = healthyAfter(successor.backendUrl(), successor.process(), start);
			Await.until(successor.name() + " leads", TIMEOUT, successor::tail, successor::isLeader);
			Duration promotion = successor.promotionTime().minus(promotionBefore);
			times.outage().add(outage);
			times.promotion().add(promotion);
			this.context.say("step-down of %s: the backend of %s was healthy after %s, promotion took %s",
					leader.name(), successor.name(), Samples.millis(outage), Samples.millis(promotion));
			leader = successor;
		}
		return times;
	}

	static Duration healthyAfter(String url, ChildProcess process, long start) {
		while (!HTTP.get(url + "/health").isOk()) {
			if (!process.isAlive() || System.nanoTime() - start > TIMEOUT.toNanos()) {
				throw new LabException("the backend is not healthy\n" + process.tail());
			}
			BenchmarkContext.pause(HEALTH_POLL);
		}
		return Duration.ofNanos(System.nanoTime() - start);
	}

	/**
	 * What several step-downs took.
	 *
	 * @param outage until the backend of the successor is healthy
	 * @param promotion the steps of the successor, without that of its backend
	 */
	record Times(Samples outage, Samples promotion) {
	}

}
