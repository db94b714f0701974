package io.hacluster.replication.follower;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.replication.LogOffset;
import io.hacluster.replication.follower.FollowerEvent.Interrupted;
import io.hacluster.replication.follower.FollowerEvent.Reached;

/**
 * Runs one tail after the other, and gives what they tell to a handler, until that has
 * enough or the follower is to stop.
 */
final class FollowerWatch {

	private static final Logger logger = LoggerFactory.getLogger(FollowerWatch.class);

	private static final long POLL = TimeUnit.SECONDS.toNanos(1);

	private final FollowerContext context;

	FollowerWatch(FollowerContext context) {
		this.context = context;
	}

	/**
	 * Watches the log.
	 * @param handler told what happens, and from where to go on
	 * @throws IOException if the handler fails
	 */
	void run(Handler handler) throws IOException {
		boolean more = true;
		while (more && !this.context.isStopping()) {
			FollowerTail tail = this.context.openTail(handler.offset());
			try {
				while (more && !this.context.isStopping() && !this.context.wantsFreshTail()) {
					FollowerEvent event = this.context.queue().take(POLL);
					more = event == null || handle(event, handler);
				}
			}
			finally {
				tail.close();
			}
		}
	}

	private boolean handle(FollowerEvent event, Handler handler) throws IOException {
		if (event instanceof Interrupted interrupted) {
			this.context.interrupted(interrupted.reason());
			return true;
		}
		boolean more = handler.handle(event);
		if (more && event instanceof Reached reached) {
			if (this.context.progress().isFailing()) {
				logger.info("[{}] The log is followed again", this.context.node());
				this.context.progress().recovered();
			}
			this.context.progress().reached(reached);
		}
		return more;
	}

	/**
	 * Handles what a tail tells.
	 */
	interface Handler {

		/**
		 * Returns from where the next tail begins.
		 * @return the place
		 */
		LogOffset offset();

		/**
		 * Handles an event.
		 * @param event the event
		 * @return whether to go on
		 * @throws IOException if it cannot be handled
		 */
		boolean handle(FollowerEvent event) throws IOException;

	}

}
