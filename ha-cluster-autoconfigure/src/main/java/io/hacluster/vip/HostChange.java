package io.hacluster.vip;

import org.jspecify.annotations.Nullable;

/**
 * Something that changed on this host.
 *
 * @param kind what it was
 * @param link the interface, for changes of one
 * @param address the address, for changes of one
 */
record HostChange(Kind kind, @Nullable Link link, @Nullable AssignedAddress address) {

	static HostChange link(Kind kind, Link link) {
		return new HostChange(kind, link, null);
	}

	/**
	 * Returns whether an interface was down or gone for a moment at least.
	 */
	boolean interrupts(Link present) {
		return this.link != null && this.link.name().equals(present.name())
				&& (this.kind == Kind.LINK_REMOVED || !this.link.running());
	}

	/**
	 * Returns whether one of the addresses may have been taken from an interface.
	 */
	boolean mayTake(VirtualIpSettings settings, Link from) {
		return this.kind == Kind.UNKNOWN || (this.address != null && this.address.link() == from.index()
				&& settings.includes(this.address.address().address()));
	}

	/**
	 * The kinds of change.
	 */
	enum Kind {

		/** An address was removed. */
		ADDRESS_REMOVED,

		/** An interface appeared or is in another state. */
		LINK_CHANGED,

		/** An interface is gone. */
		LINK_REMOVED,

		/** There were more changes than could be received. */
		UNKNOWN

	}

}
