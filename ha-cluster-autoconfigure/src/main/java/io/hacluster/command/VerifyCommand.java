package io.hacluster.command;

import java.util.List;

import io.hacluster.Ticker;
import io.hacluster.replication.restore.LogReport;
import io.hacluster.replication.restore.LogVerifier;

/**
 * Reads the whole log and says whether each file, and the chain that they make, is good.
 */
final class VerifyCommand implements Command {

	@Override
	public String name() {
		return "verify";
	}

	@Override
	public String summary() {
		return "Reads the whole log and says whether each file and the chain are good; exit code 1 if not";
	}

	@Override
	public List<Option> options() {
		return List.of(Option.flag("quiet", "Show only what is not good, and the summary."));
	}

	@Override
	public Action prepare(Arguments arguments) {
		boolean quiet = arguments.has("quiet");
		return (environment, terminal) -> run(environment, terminal, quiet);
	}

	private static int run(CommandEnvironment environment, Terminal terminal, boolean quiet) {
		LogReport report;
		try (Progress progress = new Progress(terminal, Ticker.SYSTEM)) {
			report = new LogVerifier(environment.log(), environment.identity()).verify(progress);
		}
		for (LogReport.File file : report.files()) {
			if (!quiet || file.problem() != null) {
				terminal.out()
					.println(file.entry().name() + "  " + Sizes.of(file.entry().size()) + "  "
							+ ((file.problem() != null) ? "BAD: " + file.problem() : "good"));
			}
		}
		report.problems().forEach((problem) -> terminal.out().println("CHAIN BAD: " + problem));
		long bad = report.files().stream().filter((file) -> file.problem() != null).count();
		terminal.out()
			.println(report.files().size() + " files, " + bad + " bad; the chain is "
					+ (report.problems().isEmpty() ? "good" : "bad") + reach(report));
		return report.isGood() ? OK : FAILED;
	}

	private static String reach(LogReport report) {
		return (report.reached() > 0)
				? ", and leads from transaction " + report.first() + " to transaction " + report.reached() : "";
	}

}
