package io.hacluster.replication.connection;

import java.nio.ByteBuffer;
import java.nio.file.Path;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * Watches with which SQLite library others write to a database, as far as that can be
 * seen: a library leaves its version in the first page whenever it writes that page.
 * Warns of one that can corrupt the database (Litestream #1432). Thread-safe.
 */
public final class WriterVersion {

	private static final Logger logger = LoggerFactory.getLogger(WriterVersion.class);

	private static final int OFFSET = 96;

	private final NodeIdentity identity;

	private final Path database;

	private int last;

	/**
	 * Creates a watch.
	 * @param identity this process
	 * @param database the database, for the message
	 */
	public WriterVersion(NodeIdentity identity, Path database) {
		this.identity = identity;
		this.database = database;
	}

	/**
	 * Looks at a first page.
	 * @param page its content, at least 100 bytes
	 * @return whether a warning was given; once for each version that follows another
	 */
	public synchronized boolean observe(byte[] page) {
		int number = ByteBuffer.wrap(page).getInt(OFFSET);
		if (number == this.last) {
			return false;
		}
		this.last = number;
		SqliteVersion version = SqliteVersion.of(number);
		if (!version.isAffected()) {
			return false;
		}
		logger.warn("[{}] {} is written with SQLite {}, whose own checkpoints can corrupt a database that others "
				+ "checkpoint too (https://www.sqlite.org/wal.html#walresetbug); update it to 3.51.3 or newer in the "
				+ "backend, or switch its checkpoints off with PRAGMA wal_autocheckpoint=0: they are made for it",
				this.identity, this.database, version);
		return true;
	}

}
