package io.hacluster.command;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import io.hacluster.HaClusterException;
import io.hacluster.Ticker;
import io.hacluster.replication.restore.RestorePoint;
import io.hacluster.replication.restore.RestoreRequest;
import io.hacluster.replication.restore.RestoreRequest.Check;
import io.hacluster.replication.restore.RestoreResult;
import io.hacluster.replication.restore.RestoreTargetExistsException;
import io.hacluster.replication.restore.Restorer;

/**
 * Restores the database from the log.
 */
final class RestoreCommand implements Command {

	private static final int HEXADECIMAL = 16;

	@Override
	public String name() {
		return "restore";
	}

	@Override
	public String summary() {
		return "Restores the database from the log into a file";
	}

	@Override
	public List<Option> options() {
		return List.of(new Option("to", "FILE", "File to make, instead of ha.cluster.sqlite.path."),
				new Option("timestamp", "TIME", "Last state from before a time, such as 2026-03-01T12:00:00Z."),
				new Option("txid", "N",
						"State after a transaction, as health shows it, or in the 16 hexadecimal "
								+ "digits of a file name."),
				new Option("verify", "[full|quick]",
						"Let SQLite check the result before it gets its name: "
								+ "integrity_check (full) or quick_check."),
				Option.flag("overwrite", "Replace what exists, with its -wal and -shm files."));
	}

	@Override
	public Action prepare(Arguments arguments) {
		Optional<Path> to = arguments.value("to", "the path of a file", (text) -> Path.of(text).toAbsolutePath());
		Optional<Instant> timestamp = arguments.value("timestamp",
				"a date and time with its offset, such as 2026-03-01T12:00:00Z or 2026-03-01T13:00:00+01:00",
				(text) -> OffsetDateTime.parse(text).toInstant());
		Optional<Long> txid = arguments.value("txid", "a number from 1 on, or the 16 hexadecimal digits of a file name",
				RestoreCommand::txid);
		if (timestamp.isPresent() && txid.isPresent()) {
			throw new UsageException("Give either '--timestamp' or '--txid', not both");
		}
		Check check = arguments.value("verify", "'full' or 'quick'", RestoreCommand::check).orElse(Check.NONE);
		RestorePoint point = timestamp.<RestorePoint>map(RestorePoint::before)
			.or(() -> txid.map(RestorePoint::transaction))
			.orElseGet(RestorePoint::latest);
		boolean overwrite = arguments.has("overwrite");
		return (environment, terminal) -> run(environment, terminal,
				new RestoreRequest(to.orElseGet(environment::database), point, overwrite, check));
	}

	private static long txid(String text) {
		long txid = (text.length() == HEXADECIMAL) ? Long.parseLong(text, HEXADECIMAL) : Long.parseLong(text);
		if (txid < 1) {
			throw new IllegalArgumentException("Not a transaction");
		}
		return txid;
	}

	private static Check check(String text) {
		return switch (text) {
			case "", "full" -> Check.FULL;
			case "quick" -> Check.QUICK;
			default -> throw new IllegalArgumentException("Not a check");
		};
	}

	private static int run(CommandEnvironment environment, Terminal terminal, RestoreRequest request) {
		if (request.target().normalize().equals(environment.replica())) {
			throw new HaClusterException(
					request.target() + " is the replica that a follower builds by itself. Restore to another file");
		}
		try (Progress progress = new Progress(terminal, Ticker.SYSTEM)) {
			RestoreResult result = new Restorer(environment.log(), environment.identity()).restore(request, progress);
			Duration elapsed = progress.elapsed();
			progress.close();
			terminal.out()
				.printf(Locale.ROOT, "Restored transaction %d of %s to %s: %s from %d files with %s, in %.1f s%n",
						result.txid(), result.timestamp(), request.target(), Sizes.of(result.databaseBytes()),
						result.files(), Sizes.of(result.fileBytes()), elapsed.toMillis() / 1000.0);
			return OK;
		}
		catch (RestoreTargetExistsException ex) {
			throw new HaClusterException(
					ex.problem() + ". Restore to another file with '--to=FILE', or replace it with '--overwrite'", ex);
		}
	}

}
