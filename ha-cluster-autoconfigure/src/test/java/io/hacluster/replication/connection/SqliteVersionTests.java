package io.hacluster.replication.connection;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hacluster.HaClusterException;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Tests for {@link SqliteVersion}. Litestream #1432: an older library can corrupt the
 * database.
 */
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

}
