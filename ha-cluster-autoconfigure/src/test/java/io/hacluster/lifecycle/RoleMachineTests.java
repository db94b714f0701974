package io.hacluster.lifecycle;

import java.util.Map;
import java.util.Optional;
import java.util.Random;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RoleMachine}.
 */
class RoleMachineTests {

	private static final Map<LifecycleState, Map<Trigger, LifecycleState>> TABLE = Map.of(LifecycleState.FOLLOWER,
			Map.of(Trigger.GRANTED, LifecycleState.PROMOTING), LifecycleState.PROMOTING,
			Map.of(Trigger.PROMOTED, LifecycleState.LEADER, Trigger.FAILED, LifecycleState.DEMOTING, Trigger.LOST,
					LifecycleState.DEMOTING, Trigger.STEP_DOWN, LifecycleState.DEMOTING, Trigger.BACKEND_FAILED,
					LifecycleState.DEMOTING),
			LifecycleState.LEADER,
			Map.of(Trigger.LOST, LifecycleState.DEMOTING, Trigger.STEP_DOWN, LifecycleState.DEMOTING,
					Trigger.BACKEND_FAILED, LifecycleState.LEADER),
			LifecycleState.DEMOTING,
			Map.of(Trigger.SETTLED, LifecycleState.FOLLOWER, Trigger.LOST, LifecycleState.DEMOTING));

	@Test
	void fireFollowsTheTableForFortyThousandRandomTriggers() {
		long seed = new Random().nextLong();
		Random random = new Random(seed);
		RoleMachine machine = new RoleMachine();
		LifecycleState expected = LifecycleState.DEMOTING;
		assertThat(machine.state()).isEqualTo(expected);
		for (int i = 0; i < 40_000; i++) {
			Trigger trigger = Trigger.values()[random.nextInt(Trigger.values().length)];
			LifecycleState next = TABLE.get(expected).get(trigger);
			Optional<LifecycleState> accepted = machine.fire(trigger);
			assertThat(accepted).as("seed %d, signal %d: %s in %s", seed, i, trigger, expected)
				.isEqualTo((next != null) ? Optional.of(expected) : Optional.empty());
			expected = (next != null) ? next : expected;
			assertThat(machine.state()).as("seed %d, signal %d: %s", seed, i, trigger).isEqualTo(expected);
		}
		machine.close();
	}

	@Test
	void everyStateHasAnExit() {
		assertThat(TABLE.keySet()).containsExactlyInAnyOrder(LifecycleState.values());
		assertThat(TABLE).allSatisfy((state, exits) -> assertThat(exits.values()).as("I18: exits of %s", state)
			.anyMatch((target) -> target != state));
	}

}
