package io.hacluster.lifecycle;

import java.time.Duration;
import java.time.Instant;

import org.jspecify.annotations.Nullable;

import io.hacluster.backend.BackendHealth;

/**
 * How the backend of a node is, and what its supervision has done about it.
 *
 * @param state what it is doing
 * @param health what it last said of itself, {@code null} before it was asked and while
 * this node does not lead
 * @param consecutiveFailures failed answers in a row
 * @param restartsInWindow restarts that still count
 * @param lastFailure the last failure since the start of the application, with the last
 * words of the service; {@code null} if there was none
 * @param coolingUntil until when this node stays out of the race because its backend
 * could not be kept running, by the wall clock and for display only; {@code null} when it
 * does not
 * @param uptime for how long the service has been running since it was last found healthy
 * after a start; zero while it does not run
 * @param totals what has happened since the start of the application
 */
public record BackendStatus(State state, @Nullable BackendHealth health, int consecutiveFailures, int restartsInWindow,
		ClusterStatus.@Nullable Failure lastFailure, @Nullable Instant coolingUntil, Duration uptime, Totals totals) {

	/**
	 * What a backend can be doing.
	 */
	public enum State {

		/**
		 * Does not run, as it should be on a node that does not lead.
		 */
		STOPPED,

		/**
		 * Is being started by a promotion.
		 */
		STARTING,

		/**
		 * Serves.
		 */
		UP,

		/**
		 * Has given a failed answer, but not yet as many as make a failure.
		 */
		DOWN,

		/**
		 * Has failed, and is about to be restarted or stopped.
		 */
		FAILED,

		/**
		 * Is being restarted on a node that leads.
		 */
		RESTARTING,

		/**
		 * Is being stopped.
		 */
		STOPPING

	}

	/**
	 * What has happened since the start of the application.
	 *
	 * @param starts how often the service was started, restarts included
	 * @param failures how often it failed, also to start
	 * @param restarts how often it was restarted, also in vain
	 */
	public record Totals(long starts, long failures, long restarts) {
	}

}
