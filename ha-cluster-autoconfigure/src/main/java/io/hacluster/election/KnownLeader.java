package io.hacluster.election;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The leader as last published. The holder of a record that has stood for its whole
 * duration is not known to lead, and neither is this process once its own term is over.
 */
final class KnownLeader {

	private Optional<Lease> published = Optional.empty();

	/**
	 * Looks at the claim.
	 * @param claim the claim to the lease
	 * @param now the reading of the ticker
	 * @return the leader, null if it is the one that was published last
	 */
	@Nullable Optional<Lease> update(LeaseClaim claim, long now) {
		Optional<Lease> current = claim.observation()
			.record()
			.map(VersionedLease::lease)
			.filter((lease) -> leads(lease, claim, now));
		if (current.map(KnownLeader::term).equals(this.published.map(KnownLeader::term))) {
			return null;
		}
		this.published = current;
		return current;
	}

	private static boolean leads(Lease lease, LeaseClaim claim, long now) {
		if (claim.ownRecord() != null) {
			Term term = claim.term();
			return term != null && lease.epoch().equals(term.epoch());
		}
		return lease.state() == Lease.State.HELD && now - claim.observation().freeFrom() < 0;
	}

	private static String term(Lease lease) {
		return lease.holder() + "/" + lease.nonce() + "/" + lease.epoch();
	}

}
