package io.hacluster.election;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeIdentity;

/**
 * Notices that another live process uses this node's id (invariant I12): its record of
 * the identity claim is renewed under our eyes. A record that just stands may be that of
 * a crashed process, and is taken over in time.
 */
final class IdentityGuard implements ClaimListener {

	private final NodeIdentity identity;

	private @Nullable VersionedLease stranger;

	private @Nullable String duplicate;

	IdentityGuard(NodeIdentity identity) {
		this.identity = identity;
	}

	@Nullable String duplicate() {
		return this.duplicate;
	}

	@Override
	public void granted(Term term) {
		this.stranger = null;
		this.duplicate = null;
	}

	@Override
	public void lost(Term term, String reason) {
		// The claim looks at the record next, which tells whether somebody else has it
	}

	@Override
	public void changed(@Nullable VersionedLease record) {
		VersionedLease before = this.stranger;
		boolean strange = record != null && record.lease().state() == Lease.State.HELD
				&& !record.lease().nonce().equals(this.identity.nonce());
		this.stranger = strange ? record : null;
		if (record != null && strange && before != null && before.lease().nonce().equals(record.lease().nonce())) {
			String address = record.lease().address();
			this.duplicate = "another live process" + (address.isEmpty() ? "" : " at " + address)
					+ " uses the node id '" + this.identity.nodeId() + "' in cluster '" + this.identity.cluster()
					+ "': give each node an id of its own; this one will not become leader";
		}
	}

}
