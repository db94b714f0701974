package io.hacluster.autoconfigure;

import java.nio.file.Path;
import java.util.Objects;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the replication of one SQLite database.
 */
@AutoConfiguration(after = { HaClusterLocalAutoConfiguration.class, HaClusterNatsAutoConfiguration.class })
@ConditionalOnHaCluster
@ConditionalOnProperty("ha.cluster.sqlite.path")
@EnableConfigurationProperties(HaClusterProperties.class)
public final class HaClusterReplicationAutoConfiguration {

	@Bean
	SqliteStartupCheck haClusterSqliteStartupCheck(HaClusterProperties properties) {
		DatabasePaths paths = DatabasePaths.of(properties.sqlite());
		return new SqliteStartupCheck(paths.database(), paths.replica(), System.getProperty("os.name", "unknown"));
	}

	/**
	 * Where the files of the node are.
	 */
	record DatabasePaths(Path database, Path replica) {

		static DatabasePaths of(HaClusterProperties.Sqlite sqlite) {
			String path = Objects.requireNonNull(sqlite.path(), "'path' must not be null");
			String replica = sqlite.replicaPath();
			return new DatabasePaths(absolute(path), absolute((replica != null) ? replica : path + "-replica"));
		}

		private static Path absolute(String path) {
			return Path.of(path).toAbsolutePath().normalize();
		}

	}

}
