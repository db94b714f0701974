package io.hacluster.backend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.test.Requirements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link LeaseGuard} with real processes and signals. That it survives the JVM
 * is tested with {@link ProcessBackend}.
 */
class LeaseGuardTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private static final int STOP = 19;

	private static final int CONT = 18;

	private final ProcessSignals signals = new ProcessSignals();

	private final LeaseGuard guard = new LeaseGuard(new NodeIdentity("test", new NodeId("guard"), "n"));

	@TempDir
	Path directory;

	private Path fired;

	@BeforeEach
	void setUp() {
		Requirements.require(new BootClock().centis().isPresent(), "there is no /proc/uptime");
		this.fired = this.directory.resolve("fired");
	}

	@AfterEach
	void release() {
		this.guard.release();
	}

	@Test
	void prolongWhenNotRepeatedFiresWhenTheTimeHasPassed() {
		this.guard.engage(touch());
		this.guard.prolong(() -> Duration.ofMillis(300));
		long started = System.nanoTime();
		await().until(() -> Files.exists(this.fired));
		assertThat(Duration.ofNanos(System.nanoTime() - started)).isGreaterThan(Duration.ofMillis(250));
		await().until(this.guard::hasFired);
		assertThat(pids()).isEmpty();
	}

	@Test
	void prolongWhenRepeatedKeepsItQuiet() throws Exception {
		this.guard.prolong(() -> Duration.ofMillis(1500));
		this.guard.engage(touch());
		for (int i = 0; i < 20; i++) {
			TimeUnit.MILLISECONDS.sleep(100);
			this.guard.prolong(() -> Duration.ofMillis(1500));
		}
		assertThat(this.fired).doesNotExist();
		assertThat(this.guard.hasFired()).isFalse();
	}

	@Test
	void engageWhenNeverProlongedDoesNotFire() throws Exception {
		this.guard.engage(touch());
		TimeUnit.MILLISECONDS.sleep(500);
		this.guard.release();
		assertThat(this.fired).doesNotExist();
		assertThat(pids()).isEmpty();
	}

	@Test
	void engageWhenTheTimeHasPassedIsRefused() throws Exception {
		this.guard.prolong(() -> Duration.ofMillis(10));
		TimeUnit.MILLISECONDS.sleep(50);
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> this.guard.engage(touch()))
			.withMessageContaining("The lease has run out");
		assertThat(pids()).isEmpty();
		this.guard.prolong(() -> LONG);
		this.guard.engage(touch());
		assertThat(pids()).hasSize(1);
	}

	@Test
	void prolongWhenTheTimeHasPassedDoesNotBringItBack() throws Exception {
		// All were frozen: what is still said about the lease is older than the freeze.
		// The guard is killed, so that the next one is told what is remembered.
		this.guard.engage(touch());
		this.guard.prolong(() -> Duration.ofMillis(300));
		long pid = pids().get(0);
		this.signals.signal(pid, STOP);
		TimeUnit.MILLISECONDS.sleep(500);
		this.guard.prolong(() -> LONG);
		this.signals.signal(pid, ProcessSignals.KILL);
		await().until(() -> Files.exists(this.fired));
	}

	@Test
	void prolongWhenFrozenBetweenClockAndLeaseGivesLessTimeAndNotMore() {
		this.guard.engage(touch());
		this.guard.prolong(() -> {
			sleep(1500);
			return Duration.ofMillis(1000);
		});
		this.guard.prolong(() -> LONG);
		await().until(() -> Files.exists(this.fired));
	}

	private static void sleep(long millis) {
		try {
			TimeUnit.MILLISECONDS.sleep(millis);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void guardWhenItAloneWasFrozenBelievesWhatWasSaidInTime() throws Exception {
		this.guard.engage(touch());
		this.guard.prolong(() -> Duration.ofMillis(3000));
		long pid = pids().get(0);
		this.signals.signal(pid, STOP);
		this.guard.prolong(() -> Duration.ofMillis(3100));
		this.guard.prolong(() -> LONG);
		TimeUnit.MILLISECONDS.sleep(3500);
		this.signals.signal(pid, CONT);
		TimeUnit.MILLISECONDS.sleep(500);
		assertThat(this.fired).doesNotExist();
		assertThat(pids()).containsExactly(pid);
	}

	@Test
	void prolongWhenTheGuardIsFrozenDoesNotBlock() {
		this.guard.engage(touch());
		long pid = pids().get(0);
		this.signals.signal(pid, STOP);
		for (int i = 0; i < 20_000; i++) {
			this.guard.prolong(() -> LONG);
		}
		this.guard.release();
		assertThat(pids()).as("released while it is frozen").isEmpty();
		assertThat(this.fired).doesNotExist();
	}

	@Test
	void guardIgnoresTheSignalsThatEndAProgram() throws Exception {
		this.guard.engage(touch());
		List<Long> before = pids();
		for (int signal : new int[] { 1, 2, 3, 6, 10, 12, 13, 15 }) {
			this.signals.signal(before.get(0), signal);
		}
		TimeUnit.MILLISECONDS.sleep(300);
		this.guard.prolong(() -> LONG);
		assertThat(pids()).isEqualTo(before);
		assertThat(this.fired).doesNotExist();
	}

	@Test
	void guardWhenKilledIsReplacedByOneThatKnowsTheTime() {
		this.guard.prolong(() -> Duration.ofSeconds(3));
		this.guard.engage(touch());
		long first = pids().get(0);
		this.signals.signal(first, ProcessSignals.KILL);
		await().until(() -> pids().stream().anyMatch((pid) -> pid != first));
		assertThat(this.fired).doesNotExist();
		await().until(() -> Files.exists(this.fired));
	}

	@Test
	void guardWhenItsActionFailsTriesAgain() {
		Path count = this.directory.resolve("count");
		this.guard.engage(List.of("/bin/sh", "-c", "echo x >> \"$1\"; [ $(wc -l < \"$1\") -ge 3 ] && touch \"$2\"",
				"action", count.toString(), this.fired.toString()));
		this.guard.prolong(() -> Duration.ZERO);
		await().until(() -> Files.exists(this.fired));
		await().until(this.guard::hasFired);
	}

	@Test
	void releaseWhenTheActionRunsEndsIt() {
		Path begun = this.directory.resolve("begun");
		this.guard.engage(List.of("/bin/sh", "-c", "touch \"$1\"; sleep 1000; touch \"$2\"", "action", begun.toString(),
				this.fired.toString()));
		this.guard.prolong(() -> Duration.ZERO);
		await().until(() -> Files.exists(begun));
		this.guard.release();
		assertThat(pids()).isEmpty();
		assertThat(this.fired).doesNotExist();
	}

	@Test
	void actionGetsItsArgumentsUntouchedByAShell() throws Exception {
		Path script = Files.writeString(this.directory.resolve("action"),
				"#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$0.new\" && mv \"$0.new\" \"$0.out\"\n");
		assertThat(script.toFile().setExecutable(true)).isTrue();
		this.guard.engage(List.of(script.toString(), "$(id)", "two words", "; exit 1", "*"));
		this.guard.prolong(() -> Duration.ZERO);
		Path out = this.directory.resolve("action.out");
		await().until(() -> Files.exists(out));
		assertThat(Files.readAllLines(out)).containsExactly("$(id)", "two words", "; exit 1", "*");
	}

	private List<String> touch() {
		return List.of("touch", this.fired.toString());
	}

	private static List<Long> pids() {
		return ProcessHandle.current()
			.children()
			.filter((child) -> child.info().arguments().map((it) -> List.of(it).contains("ha-guard")).orElse(false))
			.map(ProcessHandle::pid)
			.toList();
	}

}
