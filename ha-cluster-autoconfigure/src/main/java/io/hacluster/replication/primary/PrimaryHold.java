package io.hacluster.replication.primary;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * Waits for a database to appear and to be in WAL mode, and holds it from then on for as
 * long as it is the same file. Not thread-safe.
 */
final class PrimaryHold {

	private static final Logger logger = LoggerFactory.getLogger(PrimaryHold.class);

	private final NodeIdentity identity;

	private final Path path;

	private final Duration busyTimeout;

	private final PrimaryCounters counters;

	private @Nullable PrimaryDatabaseFile awaited;

	private @Nullable PrimaryDatabase database;

	private boolean inWrongMode;

	PrimaryHold(NodeIdentity identity, Path path, Duration busyTimeout, PrimaryCounters counters) {
		this.identity = identity;
		this.path = path;
		this.busyTimeout = busyTimeout;
		this.counters = counters;
	}

	/**
	 * Returns whether there is no database yet, or one to which nothing has been written.
	 */
	boolean isNothingThere() throws IOException {
		return this.database == null && (!Files.exists(this.path) || Files.size(this.path) == 0);
	}

	@Nullable PrimaryDatabase held() {
		return this.database;
	}

	/**
	 * Returns the database, taking hold of it if that is possible now.
	 * @return the database, null if it is not there, or empty, or not in WAL mode
	 */
	@Nullable PrimaryDatabase attach() throws IOException, SQLException {
		PrimaryDatabase current = this.database;
		if (current != null) {
			return current;
		}
		if (!Files.exists(this.path)) {
			return null;
		}
		PrimaryDatabaseFile file = this.awaited;
		if (file != null && !file.isInPlace()) {
			this.awaited = null;
			file.close();
			file = null;
		}
		if (file == null) {
			file = new PrimaryDatabaseFile(this.path);
			this.awaited = file;
		}
		if (file.isEmpty()) {
			return null;
		}
		if (!file.isWalMode()) {
			this.inWrongMode = true;
			this.counters.failure(wrongMode());
			return null;
		}
		if (this.inWrongMode) {
			this.inWrongMode = false;
			this.counters.failure(null);
		}
		this.awaited = null;
		PrimaryDatabase opened = new PrimaryDatabase(this.path, file, this.busyTimeout);
		this.database = opened;
		logger.debug("[{}] Holding {}", this.identity, this.path);
		return opened;
	}

	/**
	 * Returns whether the database was there and not in WAL mode when last looked at.
	 */
	boolean isInWrongMode() {
		return this.inWrongMode;
	}

	String wrongMode() {
		return "The database " + this.path + " is not in WAL mode, so it cannot be replicated; the backend must open "
				+ "it with PRAGMA journal_mode=WAL";
	}

	/**
	 * Returns whether the path names another file than the one held, or none.
	 */
	boolean isReplaced() {
		PrimaryDatabase current = this.database;
		return current != null && !current.file().isInPlace();
	}

	/**
	 * Lets go of a database that has been replaced.
	 */
	void dropReplaced() throws IOException, SQLException {
		logger.warn("[{}] The database {} has been replaced or removed", this.identity, this.path);
		release(true);
	}

	/**
	 * Lets go.
	 * @param clean whether SQLite may remove an empty write-ahead log
	 */
	void release(boolean clean) throws IOException, SQLException {
		PrimaryDatabase current = this.database;
		PrimaryDatabaseFile file = this.awaited;
		this.database = null;
		this.awaited = null;
		if (file != null) {
			file.close();
		}
		if (current != null) {
			current.close(clean);
		}
	}

}
