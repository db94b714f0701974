package io.hacluster.autoconfigure;

import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.test.Leftovers;

import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willThrow;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link HaClusterLifecycle}.
 */
@ExtendWith(Leftovers.class)
class HaClusterLifecycleTests {

	@Test
	void dutyThatFailsToStopKeepsNeitherTheOthersNorTheProcessFromEnding() {
		NodeDuty failing = mock(NodeDuty.class);
		NodeDuty other = mock(NodeDuty.class);
		willThrow(new IllegalStateException("no")).given(failing).stop();
		HaClusterLifecycle lifecycle = new HaClusterLifecycle(mock(ClusterLifecycle.class), List.of(),
				List.of(failing, other), Duration.ofSeconds(1));
		lifecycle.start();
		assertThatNoException().isThrownBy(lifecycle::stop);
		then(other).should().stop();
		// The thread that keeps the process alive is looked for by Leftovers
	}

}
