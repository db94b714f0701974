package io.hacluster.lifecycle;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.Leadership.Leader;
import io.hacluster.NodeId;

/**
 * How a node is, at one moment.
 *
 * @param nodeId the node
 * @param role its role
 * @param state what it is doing
 * @param epoch the epoch of the term it leads, or the latest it has seen
 * @param leader the leader it knows of
 * @param leaseRemaining what is left of its lease until the deadline, zero or negative
 * once that has passed; {@code null} without a lease
 * @param currentStep the step it is in, {@code null} between sequences
 * @param lastTransition the last sequence that ended, {@code null} before the first
 * @param lastFailure the last thing that went wrong, {@code null} if nothing has since
 * the start or since the last completed promotion
 * @param backend how the backend is, {@code null} without one
 */
public record ClusterStatus(NodeId nodeId, ClusterRole role, LifecycleState state, Epoch epoch, Optional<Leader> leader,
		@Nullable Duration leaseRemaining, @Nullable String currentStep, @Nullable TransitionReport lastTransition,
		@Nullable Failure lastFailure, @Nullable BackendStatus backend) {

	/**
	 * Something that went wrong.
	 *
	 * @param at when, by the wall clock and for display only
	 * @param message what, for people
	 */
	public record Failure(Instant at, String message) {
	}

}
