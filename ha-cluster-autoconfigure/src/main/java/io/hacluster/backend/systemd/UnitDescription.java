package io.hacluster.backend.systemd;

import io.hacluster.backend.LeaseGuard;

/**
 * A unit in words, for people.
 */
final class UnitDescription {

	private final String unit;

	private final Journal journal;

	private final LeaseGuard guard;

	private final ManagerBinding binding;

	UnitDescription(String unit, Journal journal, LeaseGuard guard, ManagerBinding binding) {
		this.unit = unit;
		this.journal = journal;
		this.guard = guard;
		this.binding = binding;
	}

	/**
	 * Describes how a unit has ended.
	 * @param status its state
	 * @return why, with the last lines of the journal
	 */
	String end(UnitStatus status) throws InterruptedException {
		String journal = this.journal.describe(status);
		return UnitFailure.ofEnd(status) + (this.guard.hasFired() ? ", by the guard of the lease" : "")
				+ (journal.isEmpty() ? "" : "; " + journal);
	}

	/**
	 * Describes how a unit is that runs, and what is not safe about it.
	 * @param status its state
	 * @return the state, and what to mend
	 */
	String state(UnitStatus status) {
		StringBuilder detail = new StringBuilder(this.unit + " is " + status);
		if (status.restarts() > 0) {
			detail.append(", and has been started again by systemd ").append(status.restarts()).append(" times");
		}
		if (!status.starters().isEmpty()) {
			detail.append("; it may be started by ").append(String.join(", ", status.starters()));
		}
		String unbound = this.binding.problem(status);
		if (!unbound.isEmpty()) {
			detail.append("; ").append(unbound);
		}
		return detail.toString();
	}

}
