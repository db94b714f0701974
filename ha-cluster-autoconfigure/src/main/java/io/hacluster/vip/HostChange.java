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
