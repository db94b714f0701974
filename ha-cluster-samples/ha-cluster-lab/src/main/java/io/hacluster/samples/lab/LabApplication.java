package io.hacluster.samples.lab;

import java.io.PrintStream;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

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
		System.exit(run(args));
	}

	private static int run(String[] args) {
		try {
			LabOptions options = LabOptions.parse(List.of(args));
			try (Cluster cluster = Cluster.create(options)) {
				return run(options, cluster);
			}
		}
		catch (IllegalArgumentException ex) {
			System.err.println(ex.getMessage());
			System.err.print(LabOptions.USAGE);
			return USAGE;
		}
		catch (LabException | SQLException ex) {
			System.err.println(ex.getMessage());
			return FAILED;
		}
	}

	private static int run(LabOptions options, Cluster cluster) throws SQLException {
		try {
			return demo(options, cluster);
		}
		catch (LabException ex) {
			if (cluster.isClosed()) {
				// Interrupted: the clean-up took the processes away, nothing failed.
				return FAILED;
			}
			throw ex;
		}
	}

	private static int demo(LabOptions options, Cluster cluster) throws SQLException {
		PrintStream out = options.json() ? System.err : System.out;
		Progress progress = new Progress(out);
		progress.say("store %s, lease %s, in %s", options.store().name().toLowerCase(Locale.ROOT),
				Progress.text(options.lease()), cluster.directory());
		Report report = new Demo(cluster, options.lease(), progress).run();
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

}
