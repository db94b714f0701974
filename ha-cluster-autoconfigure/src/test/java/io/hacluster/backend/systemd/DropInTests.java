package io.hacluster.backend.systemd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link DropIn}.
 */
class DropInTests {

	private static final Path SAMPLE = Path.of("..", "ha-cluster-samples", "ha-cluster-sample-manager", "systemd");

	@Test
	void watchdogIsHalfOfWhatIsLeftOfALeaseWithoutItsMargin() {
		assertThat(DropIn.watchdog(Duration.ofSeconds(10), Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(4));
	}

	@Test
	void filesAreThoseOfTheSample() throws IOException {
		DropIn dropIn = new DropIn("convex-backend", "ha-cluster-manager", Duration.ofSeconds(4));
		assertThat(dropIn.files()).hasSize(2);
		for (var file : dropIn.files().entrySet()) {
			assertThat(Files.readString(SAMPLE.resolve(file.getKey().substring(1)))).as(file.getKey())
				.isEqualTo(file.getValue());
		}
	}

}
