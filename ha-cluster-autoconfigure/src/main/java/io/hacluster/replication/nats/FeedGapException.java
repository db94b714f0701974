package io.hacluster.replication.nats;

import java.io.IOException;

/**
 * A feed has left messages out. A new feed from the last good place delivers them.
 */
final class FeedGapException extends IOException {

	private static final long serialVersionUID = 1L;

	FeedGapException(String message) {
		super(message);
	}

}
