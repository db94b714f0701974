package io.hacluster.samples.lab;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * The heap of nodes with a large database: steady, and while the whole database goes into
 * the log and out of it. What an application on the same classpath without a cluster
 * needs is taken off.
 */
final class MemoryMeasurement implements Measurement {

	private static final Duration START = Duration.ofSeconds(90);

	private static final Duration SETTLING = Duration.ofSeconds(5);

	private static final Duration SAMPLING = Duration.ofMillis(250);

	private static final int STEADY = 48;

	private static final int MORE = 64;

	@Override
	public void measure(BenchmarkContext context) throws IOException, SQLException {
		Cluster cluster = context.cluster(Map.of());
		double empty = empty(context, cluster);
		int mebibytes = context.options().large();
		Node leader = context.startLeader(cluster, mebibytes, SeedDatabase.Content.RANDOM);
		double copying = peak(leader, () -> {
			context.awaitShipped(leader);
			return null;
		});
		double leading = steady(leader);
		Node follower = cluster.other(leader);
		cluster.start(follower);
		double restoring = peak(follower, () -> {
			context.awaitLevel(cluster, leader);
			return null;
		});
		double following = steady(follower);
		String with = " with " + mebibytes + " MiB, beyond an empty application of " + Math.round(empty) + " MiB";
		context.add(Finding.below("heap of a leader" + with, leading - empty, STEADY, "MiB"));
		context.add(Finding.below("heap of a follower" + with, following - empty, STEADY, "MiB"));
		context.add(Finding.below("more while the whole database is shipped", copying - leading, MORE, "MiB")
			.and(resident(leader)));
		context.add(Finding.below("more while the replica is built", restoring - following, MORE, "MiB")
			.and(resident(follower)));
	}

	private static String resident(Node node) throws IOException {
		return String.format(Locale.ROOT, "; greatest resident set %.0f MiB", Heap.residentPeak(node.process()));
	}

	private static double empty(BenchmarkContext context, Cluster cluster) throws IOException {
		int port = Cluster.freePort();
		ChildProcess process = cluster
			.run(new NodeCommand(context.options(), cluster.directory(), null, Map.of()).empty(port), "empty.log");
		HttpCalls http = new HttpCalls();
		Await.until("an empty application has started", START, process::tail,
				() -> http.get("http://127.0.0.1:" + port + "/actuator/health").isOk());
		BenchmarkContext.pause(SETTLING);
		http.get("http://127.0.0.1:" + port + "/actuator/prometheus");
		double live = Heap.live(process);
		process.kill();
		return live;
	}

	private static double steady(Node node) throws IOException {
		BenchmarkContext.pause(SETTLING);
		return Heap.live(node.process());
	}

	private static double peak(Node node, Callable<Void> work) throws IOException {
		FutureTask<Void> task = new FutureTask<>(work);
		Thread thread = new Thread(task, "lab-work");
		thread.setDaemon(true);
		thread.start();
		double peak = 0;
		while (!task.isDone()) {
			peak = Math.max(peak, Heap.live(node.process()));
			BenchmarkContext.pause(SAMPLING);
		}
		try {
			task.get();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		catch (ExecutionException ex) {
			throw new LabException(String.valueOf(ex.getCause().getMessage()), ex.getCause());
		}
		return peak;
	}

}
