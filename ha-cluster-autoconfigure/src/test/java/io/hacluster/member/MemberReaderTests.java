package io.hacluster.member;

import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link MemberReader}.
 */
class MemberReaderTests {

	private static final NodeIdentity IDENTITY = new NodeIdentity("test", new NodeId("command"), "nonce");

	@Test
	void recordThatTellsOfALongLeaseKeepsNobodyWaiting() throws InterruptedException {
		MemoryStateStore store = new MemoryStateStore();
		new TestRecords(store, IDENTITY)
			.write(new Member(new NodeId("a"), "nonce-a", "1", ClusterRole.FOLLOWER, "FOLLOWER", 1, null, null, null,
					"", Map.of(), 100, true, null, Duration.ofHours(1), MemberFixtures.AT));
		ManualTicker ticker = new ManualTicker();
		long begin = ticker.nanoTime();
		ClusterView view = new MemberReader(store, IDENTITY, () -> {
			ticker.advance(Duration.ofSeconds(5));
			return ticker.nanoTime();
		}).observe();
		assertThat(view.members()).hasSize(1);
		assertThat(Duration.ofNanos(ticker.nanoTime() - begin)).isLessThan(Duration.ofMinutes(2));
	}

}
