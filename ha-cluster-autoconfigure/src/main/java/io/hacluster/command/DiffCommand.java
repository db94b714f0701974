package io.hacluster.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import io.hacluster.HaClusterException;
import io.hacluster.Ticker;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.divergence.DiffJson;
import io.hacluster.replication.divergence.DiffListener;
import io.hacluster.replication.divergence.DiffText;
import io.hacluster.replication.divergence.DivergedFiles;
import io.hacluster.replication.divergence.DivergenceComparison;
import io.hacluster.replication.restore.RestorePoint;

/**
 * Lists the rows that a database that was set aside has otherwise than the log.
 */
final class DiffCommand implements Command {

	/**
	 * How much of a value is of use on a line for people.
	 */
	private static final int TEXT_LIMIT = 200;

	/**
	 * How much of a value is told to programs: bounds the memory.
	 */
	private static final int JSON_LIMIT = 1 << 20;

	@Override
	public String name() {
		return "diff";
	}

	@Override
	public String summary() {
		return "Lists the rows of a database that was set aside which the log does not have";
	}

	@Override
	public String operand() {
		return "[FILE]";
	}

	@Override
	public List<Option> options() {
		return List.of(Option.flag("json", "Write one JSON object a line."),
				new Option("against", "latest|N",
						"State of the log to compare with: the latest, which is the default, "
								+ "or the one after a transaction."),
				new Option("directory", "DIR",
						"Directory with room for two restored databases, instead of that for " + "temporary files."));
	}

	@Override
	public Action prepare(Arguments arguments) {
		Optional<Path> file = arguments.operand().map((text) -> Path.of(text).toAbsolutePath().normalize());
		RestorePoint against = arguments.value("against", "'latest' or a transaction", DiffCommand::point)
			.orElseGet(RestorePoint::latest);
		Path directory = arguments.value("directory", "the path of a directory", Path::of)
			.orElseGet(() -> Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
		boolean json = arguments.has("json");
		return (environment, terminal) -> run(environment, terminal, file.orElseGet(() -> newest(environment)), against,
				directory, json);
	}

	private static RestorePoint point(String text) {
		return text.equals("latest") ? RestorePoint.latest() : RestorePoint.transaction(Long.parseLong(text));
	}

	private static Path newest(CommandEnvironment environment) {
		List<DivergedDatabase> databases = DivergedFiles.list(environment.database());
		if (databases.isEmpty()) {
			throw new HaClusterException("No database has been set aside beside " + environment.database());
		}
		return databases.get(databases.size() - 1).file();
	}

	private static int run(CommandEnvironment environment, Terminal terminal, Path file, RestorePoint against,
			Path directory, boolean json) {
		try (Progress progress = new Progress(terminal, Ticker.SYSTEM)) {
			Appendable out = new Results(terminal.out(), progress);
			DiffListener listener = json ? new DiffJson(out) : new DiffText(out);
			new DivergenceComparison(environment.log(), environment.identity(), directory,
					json ? JSON_LIMIT : TEXT_LIMIT)
				.run(file, against, listener, progress);
			return OK;
		}
		catch (IOException ex) {
			throw new HaClusterException("The log cannot be restored in " + directory + " to compare with it: " + ex,
					ex);
		}
	}

	/**
	 * Takes the line about the progress away before there is a result.
	 *
	 * @param out where results go
	 * @param progress shows the line
	 */
	private record Results(Appendable out, Progress progress) implements Appendable {

		@Override
		public Appendable append(CharSequence text) throws IOException {
			this.progress.close();
			this.out.append(text);
			return this;
		}

		@Override
		public Appendable append(CharSequence text, int start, int end) throws IOException {
			return append(text.subSequence(start, end));
		}

		@Override
		public Appendable append(char character) throws IOException {
			return append(Character.toString(character));
		}

	}

}
