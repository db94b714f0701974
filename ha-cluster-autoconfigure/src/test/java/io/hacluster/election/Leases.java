package io.hacluster.election;

import java.time.Duration;

import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;

/**
 * Leases and identities for tests.
 */
public final class Leases {

	private Leases() {
	}

	public static NodeIdentity identity(String node, String nonce) {
		return new NodeIdentity("test", new NodeId(node), nonce);
	}

	public static Lease lease(String node, long epoch) {
		return new Lease(new NodeId(node), "nonce-" + node, new Epoch(epoch), Lease.State.HELD, "127.0.0.1:1",
				Duration.ofSeconds(10));
	}

}
