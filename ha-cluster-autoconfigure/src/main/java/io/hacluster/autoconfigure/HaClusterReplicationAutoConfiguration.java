package io.hacluster.autoconfigure;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Objects;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

import io.hacluster.FencedException;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.event.DatabaseDivergedEvent;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.replication.DivergedDatabase;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.Replication;
import io.hacluster.replication.ReplicationListener;
import io.hacluster.replication.ReplicationSettings;
import io.hacluster.replication.node.SqliteReplication;

/**
 * Auto-configuration of the replication of one SQLite database.
 */
@AutoConfiguration(after = { HaClusterLocalAutoConfiguration.class, HaClusterNatsAutoConfiguration.class })
@ConditionalOnHaCluster
@ConditionalOnProperty("ha.cluster.sqlite.path")
@EnableConfigurationProperties(HaClusterProperties.class)
public final class HaClusterReplicationAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(Replication.class)
	SqliteReplication haClusterReplication(HaClusterProperties properties, NodeIdentity identity, ReplicaStore store,
			ObjectProvider<ClusterLifecycle> node) {
		HaClusterProperties.Sqlite sqlite = properties.sqlite();
		HaClusterProperties.Replication replication = properties.replication();
		String path = Objects.requireNonNull(sqlite.path(), "'path' must not be null");
		String replicaPath = sqlite.replicaPath();
		Path database = absolute(path);
		Path replica = absolute((replicaPath != null) ? replicaPath : path + "-replica");
		new SqliteStartupCheck(database, replica, System.getProperty("os.name", "unknown")).run();
		return new SqliteReplication(
				new ReplicationSettings(database, replica, sqlite.snapshotInterval(), sqlite.retention(),
						replication.checkpointPages(), replication.minBatchInterval(), replication.divergedToKeep(),
						replication.levels(), replication.l0Retention(), replication.maxReplicaWalSize().toBytes(),
						replication.maxReaderDelay(), replication.maxWalSize().toBytes()),
				identity, store, new NodeListener(identity, node), Clock.systemUTC(), Ticker.SYSTEM);
	}

	private static Path absolute(String path) {
		return Path.of(path).toAbsolutePath().normalize();
	}

	/**
	 * Tells the node that the log has refused it, or that its database has been set
	 * aside. The node is looked up late: it is made after the replication that it drives.
	 */
	private record NodeListener(NodeIdentity identity,
			ObjectProvider<ClusterLifecycle> node) implements ReplicationListener {

		@Override
		public void diverged(DivergedDatabase database) {
			DivergedDatabase.Branch branch = database.branch();
			DatabaseDivergedEvent event = new DatabaseDivergedEvent(this.identity.cluster(), this.identity.nodeId(),
					database.epoch(), database.file(), (branch != null) ? branch.txid() : null, database.reason());
			this.node.ifAvailable((lifecycle) -> lifecycle.diverged(event));
		}

		@Override
		public void fenced(FencedException cause) {
			this.node.ifAvailable((lifecycle) -> lifecycle.fenced(String.valueOf(cause.getMessage())));
		}

	}

}
