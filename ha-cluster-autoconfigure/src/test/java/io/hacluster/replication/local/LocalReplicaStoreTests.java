package io.hacluster.replication.local;

import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeIdentity;
import io.hacluster.replication.ReplicaStore;
import io.hacluster.replication.ReplicaStoreContractTests;

/**
 * Tests for {@link LocalReplicaStore}.
 */
class LocalReplicaStoreTests extends ReplicaStoreContractTests {

	@TempDir
	private Path directory;

	@Override
	protected ReplicaStore openStore(NodeIdentity node) {
		return new LocalReplicaStore(this.directory.resolve("log"), node);
	}

}
