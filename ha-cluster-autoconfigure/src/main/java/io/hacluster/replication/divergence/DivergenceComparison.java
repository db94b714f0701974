package io.hacluster.replication.divergence;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.DivergedDatabase.Branch;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ltx.MissingTransactionsException;
import io.hacluster.replication.restore.RestoreException;
import io.hacluster.replication.restore.RestoreListener;
import io.hacluster.replication.restore.RestorePoint;
import io.hacluster.replication.restore.RestoreRequest;
import io.hacluster.replication.restore.Restorer;

/**
 * Compares a database that was set aside with the log that went on without it: restores
 * the log as it is and as it was where the two parted, and has the files compared.
 */
public final class DivergenceComparison {

	private final ReplicaStore store;

	private final Restorer restorer;

	private final Path directory;

	private final int valueLimit;

	/**
	 * Creates a comparison.
	 * @param store the log, for reading; stays the caller's to close
	 * @param node this process
	 * @param directory an existing directory for two restored databases, which are
	 * removed in the end
	 * @param valueLimit how many bytes of a BLOB, or characters of a text, are told, at
	 * least 1
	 */
	public DivergenceComparison(ReplicaStore store, NodeIdentity node, Path directory, int valueLimit) {
		this.store = store;
		this.restorer = new Restorer(store, node);
		this.directory = directory;
		this.valueLimit = valueLimit;
	}

	/**
	 * Compares.
	 * @param file the database that was set aside, or a copy of it with the same name;
	 * without the note beside it every difference is told, also what only the log has
	 * done since
	 * @param against the state of the log to compare with
	 * @param listener told what differs
	 * @param progress told how the restores go on
	 * @return the numbers
	 * @throws HaClusterException if the file is not a database, or the log does not lead
	 * to the state
	 * @throws io.hacluster.StoreUnavailableException if the log does not answer
	 * @throws IOException if the directory cannot be written, or the listener throws it
	 */
	public DiffSummary run(Path file, RestorePoint against, DiffListener listener, RestoreListener progress)
			throws IOException {
		if (!Files.isRegularFile(file)) {
			throw new HaClusterException("There is no database " + file);
		}
		Path work = Files.createTempDirectory(this.directory, "ha-diff-",
				PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
		Leftovers leftovers = Leftovers.of(file);
		try {
			Path log = work.resolve("log.db");
			long logTxid = this.restorer.restore(RestoreRequest.to(log).at(against), progress).txid();
			DivergedDatabase about = DivergedFiles.describe(file).orElse(null);
			Path base = work.resolve("base.db");
			Long baseTxid = restoreBase(about, logTxid, base, progress);
			listener.begin(new DiffSubject(file, about, baseTxid, logTxid));
			return new DivergenceDiff(file, (baseTxid != null) ? base : null, log, this.valueLimit).run(listener);
		}
		finally {
			delete(work);
			leftovers.remove();
		}
	}

	private @Nullable Long restoreBase(@Nullable DivergedDatabase about, long logTxid, Path base,
			RestoreListener progress) throws IOException {
		Branch branch = (about != null) ? about.branch() : null;
		if (branch == null) {
			return null;
		}
		if (branch.txid() == 0) {
			Files.createFile(base);
			return 0L;
		}
		if (!isOfThisLog(branch) || branch.txid() > logTxid) {
			return null;
		}
		RestoreRequest request = RestoreRequest.to(base);
		try {
			return this.restorer.restore(request.at(RestorePoint.transaction(branch.txid())), progress).txid();
		}
		catch (RestoreException ex) {
			long before = (ex.getCause() instanceof MissingTransactionsException missing) ? missing.reached() : 0;
			return (before == 0) ? null
					: (Long) this.restorer.restore(request.at(RestorePoint.transaction(before)), progress).txid();
		}
	}

	private boolean isOfThisLog(Branch branch) {
		return branch.logId().isEmpty()
				|| this.store.currentFence().map((fence) -> fence.logId().equals(branch.logId())).orElse(true);
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
