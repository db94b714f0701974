package io.hacluster.election.local;

import java.nio.file.Path;

import org.junit.jupiter.api.io.TempDir;

import io.hacluster.election.LeaderElectorContractTests;
import io.hacluster.election.LeaseStore;
import io.hacluster.election.Leases;

/**
 * Tests for {@link io.hacluster.election.LeaderElector} on a {@link LocalLeaseStore}.
 */
class LocalLeaderElectorTests extends LeaderElectorContractTests {

	@TempDir
	Path directory;

	@Override
	protected LeaseStore open(String node, String nonce) {
		return new LocalLeaseStore(Leases.identity(node, nonce), this.directory);
	}

}
