package io.hacluster.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.test.Requirements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link ProcessBackend} with real processes.
 */
class ProcessBackendTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final ProcessSignals signals = new ProcessSignals();

	private final ProcessTable table = new ProcessTable();

	private final List<ProcessBackend> backends = new ArrayList<>();

	@TempDir
	Path directory;

	@BeforeEach
	void requireProcesses() {
		Requirements.require(this.table.isAvailable(), "there is no /proc to look for processes in");
	}

	@AfterEach
	void stopAll() {
		this.backends.forEach((backend) -> backend.stop(Duration.ofMillis(200)));
	}

	@Test
	void startPassesArgumentsDirectoryAndEnvironmentUntouchedByAShell() throws Exception {
		Path work = Files.createDirectory(this.directory.resolve("a work dir"));
		ProcessBackend backend = backend(
				new ProcessSettings(
						"t", List.of(
								script("args",
										"pwd > out; echo \"$DB_PATH\" >> out; printf '%s\\n' \"$@\" >> out; "
												+ "mv out done; exec sleep 1000"),
								"$(touch hacked)", "two words", "; exit 1"),
						work, Map.of("DB_PATH", "/data/a b.db"), this.directory.resolve("state")));
		backend.start(LONG);
		await().until(() -> Files.exists(work.resolve("done")));
		assertThat(Files.readAllLines(work.resolve("done"))).containsExactly(work.toRealPath().toString(),
				"/data/a b.db", "$(touch hacked)", "two words", "; exit 1");
		assertThat(work.resolve("hacked")).doesNotExist();
		assertThat(backend.health().status()).isEqualTo(Status.UP);
	}

	@Test
	void startClosesStandardInputOfTheBackend() throws Exception {
		ProcessBackend backend = backend(shell("if read -r x; then exit 3; else exit 7; fi"));
		BlockingQueue<String> exits = exits(backend);
		backend.start(LONG);
		assertThat(exits.poll(60, TimeUnit.SECONDS)).startsWith("exited with code 7");
	}

	@Test
	void startFromAThreadThatEndsKeepsTheBackendAlive() throws Exception {
		// Peer defect 10: the process died as soon as the start call returned. The
		// parent-death signal would do the same, being bound to a thread.
		ProcessBackend backend = backend(shell("exec sleep 1000"));
		BlockingQueue<String> exits = exits(backend);
		Thread starter = new Thread(() -> {
			try {
				backend.start(LONG);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		});
		starter.start();
		starter.join();
		assertThat(exits.poll(1, TimeUnit.SECONDS)).isNull();
		assertThat(backend.health().status()).isEqualTo(Status.UP);
	}

	@Test
	void stopAsksTheWholeGroupAndWaitsForTheLastProcessOfIt() throws Exception {
		// The first process ends at once; its child needs a second to close its files and
		// must get it, neither killed by us nor by the guard.
		Path closed = this.directory.resolve("closed");
		Path ready = this.directory.resolve("ready");
		ProcessBackend backend = backend(shell("sh -c 'trap \"sleep 1; touch " + closed + "; exit 0\" TERM; touch "
				+ ready + "; while :; do sleep 0.1; done' & trap 'exit 0' TERM; while :; do sleep 0.1; done"));
		backend.start(LONG);
		long group = group();
		await().until(() -> Files.exists(ready));
		backend.stop(LONG);
		assertThat(closed).exists();
		assertThat(this.table.members(group)).isEmpty();
		assertThat(backend.health().status()).isEqualTo(Status.STOPPED);
	}

	@Test
	void stopLetsTheRestOfTheGroupSayWhatItDoesAfterTheFirstProcessHasEnded() throws Exception {
		// The JDK closes the pipe of a process that has ended, and whoever else writes to
		// it is killed by SIGPIPE.
		Path closed = this.directory.resolve("closed");
		Path ready = this.directory.resolve("ready");
		ProcessBackend backend = backend(
				shell("sh -c 'trap \"for i in 1 2 3 4 5; do sleep 0.2; echo closing $i; done; touch " + closed
						+ "; exit 0\" TERM; touch " + ready
						+ "; while :; do sleep 0.1; done' & trap 'exit 0' TERM; while :; do sleep 0.1; done"));
		backend.start(LONG);
		await().until(() -> Files.exists(ready));
		backend.stop(LONG);
		assertThat(closed).exists();
	}

	@Test
	void stopWhenTheGroupIgnoresTheSignalKillsIt() throws Exception {
		Path ready = this.directory.resolve("ready");
		ProcessBackend backend = backend(shell(
				"trap '' TERM; (while :; do sleep 0.1; done) & touch " + ready + "; while :; do sleep 0.1; done"));
		backend.start(LONG);
		long group = group();
		await().until(() -> Files.exists(ready));
		assertThat(this.table.members(group)).hasSizeGreaterThan(1);
		backend.stop(Duration.ofMillis(300));
		assertThat(this.table.members(group)).isEmpty();
	}

	@Test
	void stopWhenInterruptedKillsAtOnce() throws Exception {
		Path ready = this.directory.resolve("ready");
		ProcessBackend backend = backend(shell("trap '' TERM; touch " + ready + "; while :; do sleep 0.1; done"));
		backend.start(LONG);
		long group = group();
		await().until(() -> Files.exists(ready));
		Thread.currentThread().interrupt();
		backend.stop(Duration.ofHours(1));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.table.members(group)).isEmpty();
	}

	@Test
	void startAfterStopAndAfterACrashStartsAgainAndCanBeStopped() throws Exception {
		// Peer defect 11: after a restart of the backend the stop hung.
		Path count = this.directory.resolve("count");
		ProcessBackend backend = backend(shell("echo x >> " + count + "; exec sleep 1000"));
		BlockingQueue<String> exits = exits(backend);
		backend.start(LONG);
		await().until(() -> Files.exists(count));
		backend.stop(LONG);
		backend.start(LONG);
		await().until(() -> Files.readAllLines(count).size() == 2);
		this.signals.signal(group(), ProcessSignals.KILL);
		assertThat(exits.poll(60, TimeUnit.SECONDS)).startsWith("exited with code 137 (signal 9)");
		assertThat(backend.health().status()).isEqualTo(Status.STOPPED);
		backend.start(LONG);
		await().until(() -> Files.readAllLines(count).size() == 3);
		long group = group();
		backend.stop(LONG);
		assertThat(this.table.members(group)).isEmpty();
		assertThat(exits).as("a stop is no surprise").isEmpty();
	}

	@Test
	void exitWhenUnexpectedTellsCodeAndLastLinesAtOnce() throws Exception {
		ProcessBackend backend = backend(
				shell("echo port 80 is taken >&2; head -c 10000 /dev/zero | tr '\\0' y; echo; echo bye; exit 3"));
		BlockingQueue<String> exits = exits(backend);
		backend.start(LONG);
		String detail = exits.poll(60, TimeUnit.SECONDS);
		assertThat(detail).startsWith("exited with code 3; last output: ").endsWith("bye");
		assertThat(detail.length()).isLessThan((OutputPump.KEPT_LINES + 1) * (OutputPump.MAX_LINE + 3));
		assertThat(backend.health()).isEqualTo(new BackendHealth(Status.STOPPED, detail));
	}

	@Test
	void outputGoesIntoTheLogFileAsItIsAcrossRestarts() throws Exception {
		Path log = Files.writeString(this.directory.resolve("log"), "before\n");
		String line = "y".repeat(3 * OutputPump.MAX_LINE) + "\u00e9\r\nno end";
		Path text = Files.writeString(this.directory.resolve("text"), line);
		ProcessBackend backend = backend(new ProcessSettings("t", List.of("cat", text.toString()), null, Map.of(),
				StopSignal.TERM, this.directory.resolve("state"), log));
		BlockingQueue<String> exits = exits(backend);
		for (int life = 0; life < 2; life++) {
			backend.start(LONG);
			assertThat(exits.poll(60, TimeUnit.SECONDS)).startsWith("exited with code 0").endsWith("| no end");
		}
		await().untilAsserted(() -> assertThat(Files.readString(log)).isEqualTo("before\n" + line + line));
	}

	@Test
	void stopSendsTheConfiguredSignal() throws Exception {
		Path ready = this.directory.resolve("ready");
		Path quit = this.directory.resolve("quit");
		ProcessBackend backend = backend(new ProcessSettings("t",
				List.of("/bin/sh", "-c",
						"trap 'touch " + quit + "; exit 0' QUIT; touch " + ready + "; while :; do sleep 0.1; done"),
				null, Map.of(), StopSignal.QUIT, this.directory.resolve("state"), null));
		backend.start(LONG);
		await().until(() -> Files.exists(ready));
		backend.stop(LONG);
		assertThat(quit).exists();
	}

	@Test
	void secretsOfTheEnvironmentAreNeverLogged() throws Exception {
		ProcessSettings settings = new ProcessSettings("t", List.of("sh", "-c", "exit 3"), null,
				Map.of("PASSWORD", "s3cret"), this.directory.resolve("state"));
		assertThat(settings.toString()).contains("PASSWORD").doesNotContain("s3cret");
		ListAppender<ILoggingEvent> appender = new ListAppender<>();
		Logger logger = (Logger) LoggerFactory.getLogger("io.hacluster.backend");
		Level before = logger.getLevel();
		logger.setLevel(Level.TRACE);
		appender.start();
		logger.addAppender(appender);
		try {
			ProcessBackend backend = backend(settings);
			BlockingQueue<String> exits = exits(backend);
			backend.start(LONG);
			assertThat(exits.poll(60, TimeUnit.SECONDS)).doesNotContain("s3cret");
			assertThat(Files.readString(this.directory.resolve("state/backend.process"))).doesNotContain("s3cret");
			backend.stop(LONG);
		}
		finally {
			logger.detachAppender(appender);
			logger.setLevel(before);
		}
		assertThat(appender.list).isNotEmpty().noneMatch((event) -> event.getFormattedMessage().contains("s3cret"));
	}

	@Test
	void exitWhenTheNumberMayBeGivenToAnotherEndsTheGuard() throws Exception {
		// A guard that stays would one day kill whoever has got the number of the group
		ProcessBackend backend = backend(shell("exit 3"));
		BlockingQueue<String> exits = exits(backend);
		backend.start(LONG);
		assertThat(exits.poll(60, TimeUnit.SECONDS)).isNotNull();
		assertThat(guards(ProcessHandle.current())).isEmpty();
	}

	@Test
	void managerWhenFrozenLosesAllThatTheSessionHasAndSparesOthers() throws Exception {
		// Under job control each child gets a process group of its own
		Path ready = this.directory.resolve("ready");
		Process stranger = new ProcessBuilder("setsid", "sleep", "1000").start();
		List<String> command = List.of("bash", "-c",
				"set -m; trap '' TERM HUP; sleep 1000 & sleep 1001 & touch " + ready + "; wait");
		List<String> arguments = new ArrayList<>(List.of(this.directory.resolve("state").toString()));
		arguments.addAll(command);
		Process manager = BackendManagerProcess.start(ProcessBackendContractTests.Factory.class, Duration.ofSeconds(2),
				arguments);
		try {
			long group = group();
			await().until(() -> Files.exists(ready) && this.table.members(group).size() == 3);
			this.signals.signal(manager.pid(), 19);
			await().until(() -> this.table.members(group).isEmpty());
			assertThat(stranger.isAlive()).isTrue();
		}
		finally {
			stranger.destroyForcibly();
			manager.destroyForcibly().waitFor();
		}
	}

	@Test
	void killSparesAProcessThatHasBeenGivenTheNumber() throws Exception {
		Process stranger = new ProcessBuilder("setsid", "sleep", "1000").start();
		try {
			assertThat(new ProcessBuilder(LaunchCommand.kill(stranger.pid(), "1")).start().waitFor()).isZero();
			assertThat(stranger.isAlive()).isTrue();
			String startTime = this.table.startTime(stranger.pid()).orElseThrow();
			await()
				.until(() -> new ProcessBuilder(LaunchCommand.kill(stranger.pid(), startTime)).start().waitFor() == 0);
			assertThat(stranger.waitFor()).isEqualTo(137);
		}
		finally {
			stranger.destroyForcibly();
		}
	}

	@Test
	void startWhenCommandDoesNotExistNamesTheProperty() {
		assertThatExceptionOfType(BackendException.class)
			.isThrownBy(() -> backend(settings(List.of("no-such-program"))).start(LONG))
			.withMessageContaining("'ha.cluster.backend.process.command'")
			.withMessageContaining("no-such-program");
		assertThatExceptionOfType(BackendException.class)
			.isThrownBy(() -> backend(settings(List.of("./no-such-program"))).start(LONG))
			.withMessageContaining("'ha.cluster.backend.process.command'")
			.withMessageContaining("does not exist");
	}

	@Test
	void startWhenCommandIsNotExecutableNamesTheProperty() throws Exception {
		Path file = Files.writeString(this.directory.resolve("plain"), "x");
		assertThatExceptionOfType(BackendException.class)
			.isThrownBy(() -> backend(settings(List.of(file.toString()))).start(LONG))
			.withMessageContaining("'ha.cluster.backend.process.command'")
			.withMessageContaining("not an executable file");
	}

	@Test
	void startWhenDirectoryDoesNotExistNamesTheProperty() {
		ProcessSettings settings = new ProcessSettings("t", List.of("sleep", "1000"), this.directory.resolve("none"),
				Map.of(), this.directory.resolve("state"));
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend(settings).start(LONG))
			.withMessageContaining("'ha.cluster.backend.process.directory'");
	}

	@Test
	void managerWhenKilledTakesTheWholeGroupWithIt() throws Exception {
		Path ready = this.directory.resolve("ready");
		Process manager = manager(script("family",
				"(trap '' TERM HUP; (sleep 1000) & touch " + ready + "; sleep 1000) & exec sleep 1000"));
		long group = group();
		await().until(() -> Files.exists(ready));
		await().until(() -> this.table.members(group).size() >= 3);
		manager.destroyForcibly().waitFor();
		await().until(() -> this.table.members(group).isEmpty());
	}

	@Test
	void stopInANewLifeEndsWhatTheFormerLifeLeftRunning() throws Exception {
		Requirements.require(runs("setpriv", "--pdeathsig", "clear", "true"),
				"there is no setpriv with --pdeathsig (util-linux)");
		assertRecovered(1, List.of("setpriv", "--pdeathsig", "clear", "sleep", "1000"));
	}

	@Test
	void stopInANewLifeEndsAGroupWhoseFirstProcessHasGone() throws Exception {
		assertRecovered(2, List.of(script("orphan", "trap '' HUP; sleep 1000 & exec sleep 1000")));
	}

	@Test
	void stopLeavesAProcessAloneThatOnlyHasTheRecordedNumber() throws Exception {
		Process stranger = new ProcessBuilder("setsid", "sleep", "1000").start();
		try {
			Path file = this.directory.resolve("state/backend.process");
			new ProcessRecord(stranger.pid(), "1", this.table.bootId(), "token").write(file);
			backend(settings(List.of("sleep", "1000"))).stop(LONG);
			assertThat(stranger.isAlive()).isTrue();
			assertThat(file).doesNotExist();
			new ProcessRecord(stranger.pid(), this.table.startTime(stranger.pid()).orElseThrow(), "other boot", "token")
				.write(file);
			backend(settings(List.of("sleep", "1000"))).stop(LONG);
			assertThat(stranger.isAlive()).isTrue();
		}
		finally {
			stranger.destroyForcibly();
		}
	}

	@Test
	void guardWhenKilledIsReplaced() throws Exception {
		// That of the test before takes a moment to end
		await().until(() -> guards(ProcessHandle.current()).isEmpty());
		ProcessBackend backend = backend(shell("exec sleep 1000"));
		backend.start(LONG);
		long first = guards(ProcessHandle.current()).get(0).pid();
		this.signals.signal(first, ProcessSignals.KILL);
		await().until(() -> guards(ProcessHandle.current()).stream().anyMatch((guard) -> guard.pid() != first));
		assertThat(backend.health().status()).isEqualTo(Status.UP);
		backend.stop(LONG);
		await().until(() -> guards(ProcessHandle.current()).isEmpty());
	}

	private static boolean runs(String... command) throws InterruptedException {
		try {
			return new ProcessBuilder(command).start().waitFor() == 0;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private void assertRecovered(int processes, List<String> command) throws Exception {
		Process manager = manager(command.toArray(String[]::new));
		long group = group();
		// The last thing that the first process becomes
		await().until(() -> ProcessHandle.of(group)
			.flatMap((process) -> process.info().command())
			.filter((program) -> program.endsWith("sleep"))
			.isPresent() && this.table.members(group).size() >= processes);
		// Frozen, it cannot replace the guard before it dies itself.
		List<ProcessHandle> guards = guards(manager.toHandle());
		assertThat(guards).hasSize(1);
		this.signals.signal(manager.pid(), 19);
		this.signals.signal(guards.get(0).pid(), ProcessSignals.KILL);
		manager.destroyForcibly().waitFor();
		assertThat(this.table.members(group)).as("what the test needs to be left over").isNotEmpty();
		backend(settings(List.of("sleep", "1000"))).stop(LONG);
		assertThat(this.table.members(group)).isEmpty();
	}

	private List<ProcessHandle> guards(ProcessHandle manager) {
		return manager.children()
			.filter((child) -> child.info().arguments().map((it) -> List.of(it).contains("ha-guard")).orElse(false))
			.toList();
	}

	private Process manager(String... command) throws IOException {
		List<String> arguments = new ArrayList<>(List.of(this.directory.resolve("state").toString()));
		arguments.addAll(List.of(command));
		return BackendManagerProcess.start(ProcessBackendContractTests.Factory.class, Duration.ZERO, arguments);
	}

	private long group() {
		return ProcessRecord.read(this.directory.resolve("state/backend.process")).orElseThrow().group();
	}

	private static BlockingQueue<String> exits(ProcessBackend backend) {
		BlockingQueue<String> exits = new LinkedBlockingQueue<>();
		backend.onUnexpectedExit(exits::add);
		return exits;
	}

	private ProcessBackend backend(ProcessSettings settings) {
		ProcessBackend backend = new ProcessBackend(new NodeIdentity("test", new NodeId("node"), "n"), settings);
		this.backends.add(backend);
		return backend;
	}

	private ProcessSettings shell(String text) {
		return settings(List.of("/bin/sh", "-c", text));
	}

	private ProcessSettings settings(List<String> command) {
		return new ProcessSettings("t", command, null, Map.of(), this.directory.resolve("state"));
	}

	private String script(String name, String text) throws IOException {
		Path file = Files.writeString(this.directory.resolve(name), "#!/bin/sh\n" + text + "\n");
		assertThat(file.toFile().setExecutable(true)).isTrue();
		return file.toString();
	}

}
