package io.hacluster.member;

import java.util.function.UnaryOperator;

import io.hacluster.NodeIdentity;
import io.hacluster.member.TermHistory.PastTerm;

/**
 * Writes what nodes write.
 */
public final class TestRecords {

	private final StateStore store;

	private final ControlRecords control;

	public TestRecords(StateStore store, NodeIdentity identity) {
		this.store = store;
		this.control = new ControlRecords(store, identity);
	}

	public void write(Member member) {
		write(StateKeys.member(member.nodeId()), MemberCodec.encode(member));
	}

	public void write(PastTerm term) {
		write(StateKeys.term(term.epoch()), TermCodec.encode(term));
	}

	/**
	 * Answers an open request, as a leader does.
	 * @return whether there was one
	 */
	public boolean answer(UnaryOperator<LeadershipRequest> answer) {
		Stored<LeadershipRequest> open = this.control.request()
			.filter((stored) -> stored.value().isOpen())
			.orElse(null);
		if (open == null) {
			return false;
		}
		LeadershipRequest next = answer.apply(open.value());
		if (next.state() != open.value().state()) {
			this.control.replace(open, next);
		}
		return true;
	}

	/**
	 * Has a process see the request as it is now.
	 */
	public static void see(ControlRecords control, StateStore store) {
		control.seen(StateKeys.REQUEST, store.read(StateKeys.REQUEST));
	}

	private void write(String key, byte[] value) {
		this.store.read(key)
			.ifPresentOrElse((record) -> this.store.update(key, value, record.revision()),
					() -> this.store.create(key, value));
	}

}
