package io.hacluster.replication.node;

import io.hacluster.NodeIdentity;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.local.LocalReplicaStore;

/**
 * Tests for {@link SqliteReplication} on a log in a directory.
 */
class SqliteReplicationTests extends AbstractSqliteReplicationTests {

	@Override
	ReplicaStore openStore(String log, NodeIdentity node) {
		return new LocalReplicaStore(this.directory.resolve(log), node);
	}

}
