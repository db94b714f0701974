package io.hacluster.backend;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.hacluster.test.Busybox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * The same guard in each shell that it may find.
 */
class GuardProcessTests {

	private final BootClock clock = new BootClock();

	private final BlockingQueue<Integer> ends = new LinkedBlockingQueue<>();

	@TempDir
	Path directory;

	@ParameterizedTest
	@ValueSource(strings = { "bash", "busybox" })
	void guardFiresWhenTheDeadlineHasPassedAndNotBefore(String name) throws Exception {
		List<String> shell = shell(name);
		Path fired = this.directory.resolve("fired");
		GuardProcess guard = GuardProcess.start(shell, List.of("touch", fired.toString()));
		guard.onEnd(this.ends::add);
		long now = this.clock.centis().orElseThrow();
		for (int centis = 20; centis <= 90; centis++) {
			assertThat(guard.lease(now + centis)).isTrue();
		}
		assertThat(this.ends.poll(60, TimeUnit.SECONDS)).isEqualTo(GuardProcess.FIRED);
		assertThat(this.clock.centis().orElseThrow()).isGreaterThanOrEqualTo(now + 90);
		assertThat(fired).exists();
		assertThat(guard.release()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "bash", "busybox" })
	void guardWhenReleasedDoesNothing(String name) throws Exception {
		Path fired = this.directory.resolve("fired");
		GuardProcess guard = GuardProcess.start(shell(name), List.of("touch", fired.toString()));
		guard.onEnd(this.ends::add);
		assertThat(guard.lease(this.clock.centis().orElseThrow() + 6000)).isTrue();
		assertThat(guard.release()).isFalse();
		assertThat(this.ends.poll(60, TimeUnit.SECONDS)).isZero();
		assertThat(fired).doesNotExist();
	}

	@Test
	void startWhenTheShellEndsAtOnceFails() {
		assertThatExceptionOfType(BackendException.class)
			.isThrownBy(() -> GuardProcess.start(List.of("false"), List.of("true")))
			.withMessageContaining("ended with code 1");
	}

	private static List<String> shell(String name) {
		return name.equals("busybox") ? List.of(Busybox.path().toString(), "ash") : Programs.shell();
	}

}
