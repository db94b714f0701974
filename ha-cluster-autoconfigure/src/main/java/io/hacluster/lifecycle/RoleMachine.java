package io.hacluster.lifecycle;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;

import org.springframework.messaging.support.MessageBuilder;
import org.springframework.statemachine.StateMachine;
import org.springframework.statemachine.StateMachineEventResult;
import org.springframework.statemachine.StateMachineEventResult.ResultType;
import org.springframework.statemachine.config.StateMachineBuilder;
import reactor.core.publisher.Mono;

/**
 * Which state follows from which trigger, kept by Spring Statemachine. It has no actions,
 * timers or regions, and one thread fires all triggers and waits for each to complete:
 * otherwise the machine drops triggers. What follows from a change of state is done by
 * the caller after the machine has accepted the trigger, so that nothing that throws can
 * come between the two. Not thread-safe, except {@link #state()}.
 */
final class RoleMachine {

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private final StateMachine<LifecycleState, Trigger> machine;

	private volatile LifecycleState state = LifecycleState.DEMOTING;

	RoleMachine() {
		this.machine = build();
		this.machine.startReactively().block(TIMEOUT);
	}

	LifecycleState state() {
		return this.state;
	}

	/**
	 * Fires a trigger.
	 * @return the state before, empty if the trigger means nothing in the current state
	 * @throws IllegalStateException if the machine fails, or neither accepts nor denies
	 */
	Optional<LifecycleState> fire(Trigger trigger) {
		LifecycleState before = this.state;
		StateMachineEventResult<LifecycleState, Trigger> result = this.machine
			.sendEvent(Mono.just(MessageBuilder.withPayload(trigger).build()))
			.concatMap((it) -> it.complete().thenReturn(it))
			.blockLast(TIMEOUT);
		if (result == null || result.getResultType() == ResultType.DEFERRED) {
			throw new IllegalStateException("The state machine did not take " + trigger + " in " + before);
		}
		if (result.getResultType() == ResultType.DENIED) {
			return Optional.empty();
		}
		this.state = this.machine.getState().getId();
		return Optional.of(before);
	}

	void close() {
		this.machine.stopReactively().block(TIMEOUT);
	}

	private static StateMachine<LifecycleState, Trigger> build() {
		try {
			StateMachineBuilder.Builder<LifecycleState, Trigger> builder = StateMachineBuilder.builder();
			builder.configureConfiguration().withConfiguration().autoStartup(false);
			builder.configureStates()
				.withStates()
				.initial(LifecycleState.DEMOTING)
				.states(EnumSet.allOf(LifecycleState.class));
			transition(builder, LifecycleState.FOLLOWER, Trigger.GRANTED, LifecycleState.PROMOTING);
			transition(builder, LifecycleState.PROMOTING, Trigger.PROMOTED, LifecycleState.LEADER);
			transition(builder, LifecycleState.PROMOTING, Trigger.FAILED, LifecycleState.DEMOTING);
			transition(builder, LifecycleState.PROMOTING, Trigger.BACKEND_FAILED, LifecycleState.DEMOTING);
			transition(builder, LifecycleState.PROMOTING, Trigger.LOST, LifecycleState.DEMOTING);
			transition(builder, LifecycleState.PROMOTING, Trigger.STEP_DOWN, LifecycleState.DEMOTING);
			transition(builder, LifecycleState.LEADER, Trigger.LOST, LifecycleState.DEMOTING);
			transition(builder, LifecycleState.LEADER, Trigger.STEP_DOWN, LifecycleState.DEMOTING);
			transition(builder, LifecycleState.DEMOTING, Trigger.SETTLED, LifecycleState.FOLLOWER);
			builder.configureTransitions().withInternal().source(LifecycleState.LEADER).event(Trigger.BACKEND_FAILED);
			builder.configureTransitions().withInternal().source(LifecycleState.DEMOTING).event(Trigger.LOST);
			return builder.build();
		}
		catch (Exception ex) {
			throw new IllegalStateException("The state machine cannot be built", ex);
		}
	}

	private static void transition(StateMachineBuilder.Builder<LifecycleState, Trigger> builder, LifecycleState source,
			Trigger trigger, LifecycleState target) throws Exception {
		builder.configureTransitions().withExternal().source(source).target(target).event(trigger);
	}

}
