package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/**
 * Entry point of the lab.
 */
final class LabApplication {

	private static final int VIOLATED = 1;

	private static final int USAGE = 2;

	private static final int FAILED = 3;

	private LabApplication() {
	}

	public static void main(String[] args) {
		if (List.of(args).contains("--help")) {
			System.out.print(LabOptions.USAGE);
			return;
		}
		System.exit(run(List.of(args)));
	}

	private static int run(List<String> arguments) {
		try {
			if (arguments.contains(PacedWriter.COMMAND)) {
				PacedWriter.run(arguments.subList(1, arguments.size()));
				return 0;
			}
			if (arguments.contains(Requests.COMMAND)) {
				Requests.run(arguments.subList(1, arguments.size()));
				return 0;
			}
			if (arguments.contains(StreamingWriter.COMMAND)) {
				StreamingWriter.run(arguments.subList(1, arguments.size()));
				return 0;
			}
			LabOptions options = LabOptions.parse(arguments);
			return switch (options.command()) {
				case DEMO -> demo(options);
				case BENCH -> bench(options);
				case HOSTS -> hosts(options);
				case FAULTS -> faults(options);
				case FAILOVER -> failover(options);
			};
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			System.err.print(LabOptions.USAGE);
			return USAGE;
		}
		catch (LabException | SQLException | IOException ex) {
			if (!isShuttingDown()) {
				System.err.println(ex.getMessage());
			}
			return FAILED;
		}
	}

	private static int demo(LabOptions options) throws SQLException {
		PrintStream out = options.json() ? System.err : System.out;
		Progress progress = new Progress(out);
		Report report;
		try (Cluster cluster = Cluster.create(options)) {
			progress.say("store %s, lease %s, in %s", options.store().name().toLowerCase(Locale.ROOT),
					Progress.text(options.lease()), cluster.directory());
			report = new Demo(cluster, options.lease(), progress).run();
		}
		if (options.json()) {
			System.out.println(report.json());
		}
		else {
			out.println();
			out.print(report.table());
		}
		report.violations().forEach((violation) -> System.err.println("VIOLATED: " + violation));
		return report.violations().isEmpty() ? 0 : VIOLATED;
	}

	private static int bench(LabOptions options) {
		Path lab = Path.of(System.getProperty("java.class.path")).toAbsolutePath();
		Findings findings = new Benchmark(options, new Progress(System.err), lab).run();
		System.out.print(options.json() ? findings.json() + "\n" : findings.table());
		return findings.isWanting() ? VIOLATED : 0;
	}

	private static int hosts(LabOptions options) {
		Progress progress = new Progress(System.out);
		try (Bed bed = Bed.create(options, "hosts", Map.of())) {
			Node leader = bed.start();
			bed.cluster()
				.nodes()
				.forEach((node) -> progress.say("%s: namespace %s, pid %d", node.name(), bed.host(node).name(),
						node.process().pid()));
			progress.say("%s leads; the directories are in %s; Ctrl-C ends it", leader.name(),
					bed.cluster().directory());
			new CountDownLatch(1).await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return 0;
	}

	private static int faults(LabOptions options) throws SQLException {
		Progress progress = new Progress(System.err);
		FaultReport report = new FaultReport();
		try (Bed bed = Bed.create(options, "faults", Map.of())) {
			FaultRun run = new FaultRun(bed, progress, 1);
			for (Fault fault : options.faults()) {
				report.add(run.run(fault));
			}
		}
		System.out.print(options.json() ? report.json() + "\n" : report.table());
		return report.isKept() ? 0 : VIOLATED;
	}

	private static int failover(LabOptions options) throws SQLException {
		Findings findings = new Failover(options, new Progress(System.err)).run();
		System.out.print(options.json() ? findings.json() + "\n" : findings.table());
		return findings.isWanting() ? VIOLATED : 0;
	}

	/**
	 * Whether a signal has set off the clean-up: what fails then is no failure.
	 */
	private static boolean isShuttingDown() {
		try {
			Thread probe = new Thread(() -> {
			});
			Runtime.getRuntime().addShutdownHook(probe);
			Runtime.getRuntime().removeShutdownHook(probe);
			return false;
		}
		catch (IllegalStateException ex) {
			return true;
		}
	}

}
