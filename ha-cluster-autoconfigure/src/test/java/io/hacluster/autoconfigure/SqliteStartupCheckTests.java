package io.hacluster.autoconfigure;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.test.ReadOnlyDirectory;
import io.hacluster.test.Requirements;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class SqliteStartupCheckTests {

	@TempDir
	Path directory;

	@Test
	void runWhenThereIsNoDatabaseYetPasses() {
		assertThatNoException().isThrownBy(() -> check(this.directory, "data.db"));
	}

	@Test
	void runWhenDatabaseIsInWalModePasses() throws SQLException {
		createDatabase("WAL");
		assertThatNoException().isThrownBy(() -> check(this.directory, "data.db"));
	}

	@Test
	void runWhenDatabaseIsEmptyFilePasses() throws IOException {
		Files.createFile(this.directory.resolve("data.db"));
		assertThatNoException().isThrownBy(() -> check(this.directory, "data.db"));
	}

	@Test
	void runWhenDatabaseIsNotInWalModeNamesPragmaAndProperty() throws SQLException {
		createDatabase("DELETE");
		assertThatExceptionOfType(StartupCheckException.class).isThrownBy(() -> check(this.directory, "data.db"))
			.withMessageEndingWith("data.db is not in WAL mode.")
			.extracting(StartupCheckException::getAction)
			.asString()
			.contains("PRAGMA journal_mode=WAL", "ha.cluster.sqlite.path");
	}

	@Test
	void runWhenFileIsNotADatabaseNamesProperty() throws IOException {
		Files.writeString(this.directory.resolve("data.db"), "x".repeat(200), StandardCharsets.US_ASCII);
		assertThatExceptionOfType(StartupCheckException.class).isThrownBy(() -> check(this.directory, "data.db"))
			.withMessageEndingWith("data.db is not a SQLite database.")
			.extracting(StartupCheckException::getAction)
			.asString()
			.contains("ha.cluster.sqlite.path");
	}

	@Test
	void runWhenDirectoryIsMissingNamesProperty() {
		assertThatExceptionOfType(StartupCheckException.class)
			.isThrownBy(() -> check(this.directory.resolve("none"), "data.db"))
			.withMessageContaining("does not exist")
			.extracting(StartupCheckException::getAction)
			.asString()
			.contains("ha.cluster.sqlite.path");
	}

	@Test
	void runWhenDirectoryIsReadOnlyNamesProperty() throws IOException {
		try (ReadOnlyDirectory readOnly = ReadOnlyDirectory.create(this.directory.resolve("read-only"))) {
			assertThatExceptionOfType(StartupCheckException.class).isThrownBy(() -> check(readOnly.path(), "data.db"))
				.withMessageContaining("not writable")
				.extracting(StartupCheckException::getAction)
				.asString()
				.contains("ha.cluster.sqlite.path");
		}
	}

	@Test
	void runWhenReplicaIsOnAnotherFileSystemNamesProperty() throws IOException {
		Path shared = Path.of("/dev/shm");
		Requirements.require(
				Files.isWritable(shared) && !Files.getFileStore(shared).equals(Files.getFileStore(this.directory)),
				"there is no second file system at " + shared);
		Path database = this.directory.resolve("data.db");
		assertThatExceptionOfType(StartupCheckException.class)
			.isThrownBy(() -> new SqliteStartupCheck(database, shared.resolve("replica.db"), "Linux").run())
			.withMessageContaining("different file systems")
			.extracting(StartupCheckException::getAction)
			.asString()
			.contains("ha.cluster.sqlite.replica-path");
	}

	@Test
	void runWhenPlatformIsNotSupportedNamesProperty() {
		assertThatExceptionOfType(StartupCheckException.class)
			.isThrownBy(() -> new SqliteStartupCheck(this.directory.resolve("data.db"),
					this.directory.resolve("replica.db"), "Windows 11")
				.run())
			.withMessageContaining("Windows 11")
			.extracting(StartupCheckException::getAction)
			.asString()
			.contains("ha.cluster.sqlite.path");
	}

	private void check(Path parent, String name) {
		new SqliteStartupCheck(parent.resolve(name), parent.resolve("replica.db"), "Linux").run();
	}

	private void createDatabase(String mode) throws SQLException {
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + this.directory.resolve("data.db"));
				Statement statement = connection.createStatement()) {
			statement.execute("PRAGMA journal_mode=" + mode);
			statement.execute("CREATE TABLE t (x)");
		}
	}

}
