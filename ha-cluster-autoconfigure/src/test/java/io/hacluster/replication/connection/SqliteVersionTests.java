package io.hacluster.replication.connection;

import java.nio.ByteBuffer;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.hacluster.HaClusterException;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.test.LitestreamBug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link SqliteVersion}. Litestream #1432: an older library can corrupt the
 * database.
 */
@LitestreamBug(3)
class SqliteVersionTests {

	@ParameterizedTest
	@ValueSource(strings = { "3.51.2", "3.50.4", "3.7.17", "2.99.99" })
	void requireWhenLibraryIsTooOldNamesTheDependency(String version) {
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(SqliteVersion.parse(version)::require)
			.withMessageContaining(version)
			.withMessageContaining("sqlite-jdbc");
	}

	@ParameterizedTest
	@ValueSource(strings = { "3.51.3", "3.53.0", "4.0.0" })
	void requireWhenLibraryIsNewEnoughReturns(String version) {
		assertThatNoException().isThrownBy(SqliteVersion.parse(version)::require);
	}

	@Test
	void parseWhenTextIsNoVersionSaysSo() {
		assertThatExceptionOfType(HaClusterException.class).isThrownBy(() -> SqliteVersion.parse("new"))
			.withMessageContaining("'new'");
	}

	@ParameterizedTest
	@CsvSource({ "3051002, true", "3040001, true", "3050006, true", "3050007, false", "3044006, false",
			"3051003, false", "3053000, false", "0, false" })
	void writerWithAffectedLibraryIsWarnedOfOnce(int number, boolean affected) {
		byte[] page = ByteBuffer.allocate(512).putInt(96, number).array();
		WriterVersion writer = new WriterVersion(new NodeIdentity("test", new NodeId("a"), "1"), Path.of("data.db"));
		assertThat(writer.observe(page)).isEqualTo(affected);
		assertThat(writer.observe(page)).isFalse();
	}

}
