package io.hacluster.replication.divergence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.DivergedDatabase.Branch;

/**
 * Compares a database that was set aside with the log that went on without it: restores
 * the log as it is and as it was where the two parted, and has the files compared.
 */
public final class DivergenceComparison {

	/**
	 * The value of {@code against} for the latest transaction in the log.
	 */
	public static final long LATEST = Long.MAX_VALUE;

	private final LogStates states;

	private final Path directory;

	private final int valueLimit;

	/**
	 * Creates a comparison.
	 * @param states the log
	 * @param directory an existing directory for two restored databases, which are
	 * removed in the end
	 * @param valueLimit how many bytes of a BLOB, or characters of a text, are told, at
	 * least 1
	 */
	public DivergenceComparison(LogStates states, Path directory, int valueLimit) {
		this.states = states;
		this.directory = directory;
		this.valueLimit = valueLimit;
	}

	/**
	 * Compares.
	 * @param file the database that was set aside, or a copy of it; without the note
	 * beside it every difference is told, also what only the log has done since
	 * @param against the transaction in the log to compare with, or {@link #LATEST}
	 * @param listener told what differs
	 * @return the numbers
	 * @throws HaClusterException if the file is not a database, or the log does not lead
	 * to the transaction
	 * @throws IOException if the log cannot be read, the directory not be written, or the
	 * listener throws it
	 */
	public DiffSummary run(Path file, long against, DiffListener listener) throws IOException {
		if (!Files.isRegularFile(file)) {
			throw new HaClusterException("There is no database " + file);
		}
		Path work = Files.createTempDirectory(this.directory, "ha-diff-",
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		Leftovers leftovers = Leftovers.of(file);
		try {
			Path log = work.resolve("log.db");
			OptionalLong reached = this.states.restore(log, against);
			if (reached.isEmpty() || (against != LATEST && reached.getAsLong() != against)) {
				throw new HaClusterException((against == LATEST) ? "The log is empty: there is nothing to compare with"
						: "The log does not lead to transaction " + against);
			}
			DivergedDatabase about = DivergedFiles.describe(file).orElse(null);
			Path base = work.resolve("base.db");
			Long baseTxid = restoreBase(about, reached.getAsLong(), base);
			listener.begin(new DiffSubject(file, about, baseTxid, reached.getAsLong()));
			return new DivergenceDiff(file, (baseTxid != null) ? base : null, log, this.valueLimit).run(listener);
		}
		finally {
			delete(work);
			leftovers.remove();
		}
	}

	private @Nullable Long restoreBase(@Nullable DivergedDatabase about, long against, Path base) throws IOException {
		Branch branch = (about != null) ? about.branch() : null;
		if (branch == null) {
			return null;
		}
		if (branch.txid() == 0) {
			Files.createFile(base);
			return 0L;
		}
		Optional<String> logId = this.states.logId();
		boolean same = branch.logId().isEmpty() || logId.isEmpty() || branch.logId().equals(logId.get());
		if (!same || branch.txid() > against) {
			return null;
		}
		OptionalLong reached = this.states.restore(base, branch.txid());
		return reached.isPresent() ? reached.getAsLong() : null;
	}

	private static void delete(Path directory) throws IOException {
		try (Stream<Path> files = Files.list(directory)) {
			for (Path file : files.toList()) {
				Files.deleteIfExists(file);
			}
		}
		Files.deleteIfExists(directory);
	}

	/**
	 * What SQLite makes beside a database that it only reads.
	 *
	 * @param log the write-ahead log, null if it was there before
	 * @param index the wal-index, null if it was there before
	 */
	private record Leftovers(@Nullable Path log, @Nullable Path index) {

		static Leftovers of(Path file) {
			Path log = file.resolveSibling(file.getFileName() + "-wal");
			Path index = file.resolveSibling(file.getFileName() + "-shm");
			return new Leftovers(Files.exists(log) ? null : log, Files.exists(index) ? null : index);
		}

		void remove() throws IOException {
			if (this.log != null && Files.exists(this.log) && Files.size(this.log) == 0) {
				Files.delete(this.log);
			}
			if (this.index != null) {
				Files.deleteIfExists(this.index);
			}
		}

	}

}
