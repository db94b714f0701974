package io.hacluster.replication.ltx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Restores what the public Litestream wrote, once in each form of its page frames. The
 * files came from {@code litestream replicate} while {@code sqlite3} made three commits.
 */
class LitestreamFilesTests {

	@TempDir
	private Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "0.5.6", "0.5.17" })
	void readerReadsWhatLitestreamWrote(String version) throws Exception {
		List<LtxName> names = LongStream.rangeClosed(1, 3).mapToObj(LtxName::batch).toList();
		byte[] image = new byte[0];
		for (LtxName name : RestorePlan.restore(names, RestorePlan.LATEST)) {
			image = apply(version, name, image);
		}
		Path database = Files.write(this.directory.resolve("restored.db"), image);
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + database);
				Statement statement = connection.createStatement();
				ResultSet rows = statement.executeQuery("SELECT group_concat(substr(v, 1, 3) || length(v)) FROM t")) {
			rows.next();
			assertThat(rows.getString(1)).isEqualTo("one3,two603,thr5");
		}
	}

	private static byte[] apply(String version, LtxName name, byte[] image) throws IOException {
		InputStream in = LitestreamFilesTests.class.getResourceAsStream("litestream-" + version + "/" + name.path());
		try (LtxReader reader = new LtxReader(in)) {
			LtxHeader header = reader.header();
			assertThat(header.maxTxid()).isEqualTo(name.maxTxid());
			assertThat(header.hasChecksum()).isFalse();
			byte[] result = Arrays.copyOf(image, (int) header.commit() * header.pageSize());
			while (reader.next()) {
				System.arraycopy(reader.page(), 0, result, (int) (reader.pgno() - 1) * header.pageSize(),
						header.pageSize());
			}
			return result;
		}
	}

}
