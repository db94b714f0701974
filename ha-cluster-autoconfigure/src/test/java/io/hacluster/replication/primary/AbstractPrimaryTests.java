package io.hacluster.replication.primary;

import java.io.IOException;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.replication.Writer;

/**
 * A {@link Primary} and a writer in another process.
 */
abstract class AbstractPrimaryTests {

	static final long MAX_WAL = 512L << 20;

	static Writer writer;

	@TempDir
	Path directory;

	PrimaryFixture fixture;

	@BeforeAll
	static void startWriter() {
		writer = new Writer();
	}

	@AfterAll
	static void stopWriter() {
		writer.close();
	}

	@AfterEach
	void closePrimary() {
		if (this.fixture != null) {
			this.fixture.close();
		}
	}

	/**
	 * Lets the writer create the database.
	 */
	void createDatabase() {
		writer.open(this.fixture.database);
		writer.sql("PRAGMA journal_mode=WAL");
		writer.sql("CREATE TABLE t(v)");
	}

	/**
	 * Ships an empty table.
	 */
	void start(int checkpointPages, long maxWalBytes) throws IOException, InterruptedException {
		this.fixture = new PrimaryFixture(this.directory,
				(settings) -> PrimaryFixture.settings(checkpointPages, maxWalBytes));
		createDatabase();
		this.fixture.start(PrimaryPosition.seed());
	}

	long walBytes() {
		return PrimaryDatabase.beside(this.fixture.database, "-wal").toFile().length();
	}

	PrimaryStatus status() {
		return this.fixture.primary.status();
	}

	long checkpoints() {
		return status().checkpoints();
	}

	/**
	 * Lets the writer go, compares the database with the log byte by byte.
	 */
	PrimaryEnd assertEndsEqual() throws IOException {
		writer.closeDatabase();
		return this.fixture.assertEndsEqual();
	}

}
