package io.hacluster.command;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.hacluster.election.LeaseStore;
import io.hacluster.election.local.LocalLeaseStore;
import io.hacluster.member.StateStore;
import io.hacluster.member.local.LocalStateStore;
import io.hacluster.replication.TestLog;
import io.hacluster.replication.ltx.LtxName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link CommandLine} and the commands, on a log in a directory.
 */
class CommandLineTests {

	private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final ByteArrayOutputStream err = new ByteArrayOutputStream();

	private final AtomicReference<List<String>> properties = new AtomicReference<>();

	private boolean interactive;

	@TempDir
	Path directory;

	private TestLog log;

	private LeaseStore leases;

	private StateStore state;

	@BeforeEach
	void setUp() throws Exception {
		this.log = new TestLog(this.directory.resolve("log"), this.directory.resolve("source.db"));
		this.leases = new LocalLeaseStore(TestLog.identity("command"),
				Files.createDirectory(this.directory.resolve("l")));
		this.state = new LocalStateStore(TestLog.identity("command"), this.directory.resolve("l"));
		for (int i = 1; i <= 3; i++) {
			if (i > 1) {
				this.log.source().transfer(i);
			}
			this.log.append(LtxName.batch(i), START.plusSeconds(i), this.log.source().capture());
		}
	}

	@AfterEach
	void tearDown() throws Exception {
		this.state.close();
		this.leases.close();
		this.log.close();
	}

	@Test
	void isCommandTellsCommandsFromApplications() {
		assertThat(CommandLine.isCommand("restore", "--to=x")).isTrue();
		assertThat(CommandLine.isCommand("--help")).isTrue();
		assertThat(CommandLine.isCommand()).isFalse();
		assertThat(CommandLine.isCommand("--server.port=1", "restore", "--to=x")).isTrue();
		assertThat(CommandLine.isCommand("--server.port=1")).isFalse();
		assertThat(CommandLine.isCommand("--server.port=1", "--help")).isFalse();
		assertThat(CommandLine.isCommand("import", "restore")).isTrue();
		assertThat(CommandLine.isCommand("switchovr")).isTrue();
		assertThat(CommandLine.isCommand("--server.port=1", "switchovr")).isTrue();
		assertThat(CommandLine.isCommand("", "status")).isTrue();
		assertThat(CommandLine.isCommand("")).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "switchovr,switchover", "staus,status", "Status,status", "fail-over,failover", "stepdown,step-down" })
	void wordThatIsNoCommandIsRefusedWithTheClosest(String word, String closest) {
		assertThat(run("--ha.cluster.name=x", word, "--to=b")).isEqualTo(2);
		assertThat(err()).startsWith("There is no command '" + word + "'. Did you mean '" + closest + "'?")
			.contains("--help");
		assertThat(out()).isEmpty();
		assertThat(this.properties).hasNullValue();
	}

	@Test
	void wordThatIsLikeNoCommandIsRefusedWithoutAGuess() {
		assertThat(run("ha.cluster.name=x", "status")).isEqualTo(2);
		assertThat(err()).startsWith("There is no command 'ha.cluster.name=x'").doesNotContain("Did you mean");
		assertThat(out()).isEmpty();
	}

	@Test
	void helpListsTheCommandsAndTheirOptions() {
		assertThat(run("--help")).isZero();
		assertThat(out()).contains("restore ", "status ", "history ", "switchover ", "failover ", "pause ", "resume ",
				"step-down ", "snapshot ", "verify ");
		assertThat(run("restore", "--help")).isZero();
		assertThat(out()).contains("--to=FILE", "--timestamp=TIME", "--txid=N", "--verify[=full|quick]", "--overwrite");
		assertThat(this.properties).hasNullValue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
			restore|--form=x|Unknown option '--form'
			restore|--to|Option '--to' needs a value: --to=FILE
			restore|--to=|Option '--to' needs a value
			restore|--overwrite=yes|takes no value
			restore|to=x|is not an option
			restore|--txid=0|is not a value for '--txid'
			restore|--txid=abc|is not a value for '--txid'
			restore|--timestamp=2026-03-01T12:00:00|with its offset
			restore|--timestamp=yesterday|with its offset
			restore|--verify=slow|'full' or 'quick'
			snapshot|--url=ftp://x|http:// or https://
			status|--yaml|Unknown option '--yaml'
			switchover|--to=../b|is not a value for '--to': it must be the id of a node
			switchover|--wait=30|is not a value for '--wait': it must be a time with its unit
			switchover|--wait=0s|is not a value for '--wait'
			switchover|--target=b|Unknown option '--target'
			failover|--accept-data-loss|Say which node is to lead: --to=NODE
			failover|--wait|Option '--wait' needs a value
			pause|--reason=|Option '--reason' needs a value
			step-down|--url=host:8080|http:// or https://
			""")
	void argumentThatIsNotUnderstoodIsAnErrorOfItsOwn(String command, String argument, String message) {
		assertThat(run(command, argument)).isEqualTo(2);
		assertThat(err()).contains(message).contains("--help");
		assertThat(out()).isEmpty();
		assertThat(this.properties).hasNullValue();
	}

	@Test
	void optionsThatExcludeOneAnotherOrComeTwiceAreErrors() {
		assertThat(run("restore", "--txid=1", "--timestamp=2026-03-01T12:00:00Z")).isEqualTo(2);
		assertThat(run("restore", "--txid=1", "--txid=2")).isEqualTo(2);
	}

	@Test
	void propertiesGoToTheConfiguration() {
		assertThat(run("status", "--ha.cluster.name=x", "--json", "--spring.config.location=y")).isZero();
		assertThat(this.properties.get()).containsExactly("--ha.cluster.name=x", "--spring.config.location=y");
	}

	@Test
	void optionsBeforeTheCommandAreItsArguments() {
		Path target = this.directory.resolve("other.db");
		assertThat(run("--ha.cluster.name=x", "--txid=2", "restore", "--to=" + target)).isZero();
		assertThat(out()).contains("Restored transaction 2 ");
		assertThat(this.properties.get()).containsExactly("--ha.cluster.name=x");
		assertThat(run("--form=x", "restore")).isEqualTo(2);
		assertThat(err()).contains("Unknown option '--form'").contains("'restore --help'");
	}

	@Test
	void restoreGoesToTheDatabaseOfTheConfiguration() {
		assertThat(run("restore", "--verify")).isZero();
		assertThat(out()).contains("Restored transaction 3 of 2026-03-01T12:00:03Z to " + database());
		assertThat(err()).isEmpty();
		assertThat(database()).exists();
	}

	@Test
	void restoreGoesWhereAndWhenItIsToldTo() {
		Path target = this.directory.resolve("other.db");
		assertThat(run("restore", "--to=" + target, "--txid=0000000000000002")).isZero();
		assertThat(out()).contains("transaction 2 ");
		assertThat(run("restore", "--to=" + target, "--timestamp=2026-03-01T13:00:03.5+01:00")).isEqualTo(1);
		assertThat(err()).contains(target + " exists. ").contains("'--to=FILE'").contains("'--overwrite'");
		assertThat(run("restore", "--to=" + target, "--timestamp=2026-03-01T13:00:02+01:00", "--overwrite")).isZero();
		assertThat(out()).contains("transaction 1 ");
	}

	@Test
	void restoreOfWhatIsNotThereFailsWithOneMessage() {
		assertThat(run("restore", "--txid=4")).isEqualTo(1);
		assertThat(err()).isEqualToIgnoringNewLines("There is no transaction 4: the log ends with transaction 3");
		assertThat(run("restore", "--timestamp=2026-03-01T12:00:01Z")).isEqualTo(1);
		assertThat(err()).contains("reaches back to 2026-03-01T12:00:01Z, transaction 1");
	}

	@Test
	void restoreOverTheReplicaOfANodeIsRefused() {
		assertThat(run("restore", "--to=" + this.directory.resolve("replica.db"), "--overwrite")).isEqualTo(1);
		assertThat(err()).contains("follower builds by itself");
	}

	@Test
	void verifyOfAGoodLogSaysSoOfEachFile() {
		assertThat(run("verify")).isZero();
		assertThat(out()).contains(LtxName.batch(1).path(), LtxName.batch(3).path(),
				"3 files, 0 bad; the chain is good, and leads from transaction 1 to transaction 3");
	}

	@Test
	void verifyOfALogWithADamagedFileNamesItAndTheHole() throws Exception {
		this.log.transferAndShip(4);
		this.log.source().transfer(5);
		byte[] file = this.log.source().capture();
		file[file.length / 2] ^= 1;
		this.log.append(LtxName.batch(5), file);
		assertThat(run("verify", "--quiet")).isEqualTo(1);
		assertThat(out()).contains(LtxName.batch(5).path())
			.contains("BAD: ")
			.contains("CHAIN BAD: the log ends with transaction 5, but the latest that can be restored is 4")
			.doesNotContain(LtxName.batch(4).path());
	}

	@Test
	void verifyOfALogWithAHoleNamesIt() throws Exception {
		this.log.transferAndShip(4);
		this.log.transferAndShip(5);
		this.log.writer().retire(this.log.store().list().get(3));
		assertThat(run("verify")).isEqualTo(1);
		assertThat(out()).contains("nothing leads to " + LtxName.batch(5).path());
	}

	@Test
	void snapshotWhenNobodyLeadsSaysSo() {
		assertThat(run("snapshot")).isEqualTo(1);
		assertThat(err()).contains("Nobody leads");
	}

	@Test
	void snapshotSaysWhetherOneWasNeeded() throws Exception {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> {
			takeSnapshotOnce();
			exchange.sendResponseHeaders(202, -1);
			exchange.close();
		});
		server.start();
		try {
			String url = "--url=http://127.0.0.1:" + server.getAddress().getPort() + "/actuator/leader";
			assertThat(run("snapshot", url)).isZero();
			assertThat(out()).startsWith("The log has a snapshot at transaction 3, ");
			assertThat(run("snapshot", url)).isZero();
			assertThat(out()).startsWith("The log already has a snapshot at transaction 3, ")
				.contains("none was needed");
		}
		finally {
			server.stop(0);
		}
	}

	private void takeSnapshotOnce() throws IOException {
		if (this.log.store().list().stream().noneMatch((entry) -> entry.name().equals(LtxName.snapshot(3)))) {
			try {
				this.log.snapshot();
			}
			catch (Exception ex) {
				throw new IOException(ex);
			}
		}
	}

	@Test
	void snapshotWhenTheLeaderDoesNotAnswerSaysWhereItWasAsked() {
		assertThat(run("snapshot", "--url=http://user:secret@127.0.0.1:1/actuator/leader")).isEqualTo(1);
		assertThat(err()).contains("http://127.0.0.1:1/actuator/leader").doesNotContain("secret");
	}

	@Test
	void progressIsForTerminalsOnly() {
		Progress progress = new Progress(terminal(), () -> 0);
		progress.planned(2, 100);
		progress.read(50);
		progress.finishing();
		assertThat(err()).isEmpty();
		this.interactive = true;
		long[] now = { 0 };
		try (Progress shown = new Progress(terminal(), () -> now[0])) {
			shown.planned(2, 3 * 1024 * 1024);
			now[0] = Duration.ofSeconds(1).toNanos();
			shown.read(1024 * 1024);
			assertThat(err()).isEqualTo("\r1.0 MB of 3.0 MB, file 1 of 2, 1.0 MB/s, 2 s left");
			shown.damaged("ltx/9/x");
			assertThat(err()).matches("(?s)\r +\rWarning: ltx/9/x\\R");
		}
	}

	private Path database() {
		return this.directory.resolve("data.db");
	}

	private int run(String... arguments) {
		this.out.reset();
		this.err.reset();
		return new CommandLine((properties) -> {
			this.properties.set(properties);
			return new TestEnvironment(this.directory, this.log, this.leases, this.state);
		}, terminal()).run(arguments);
	}

	private Terminal terminal() {
		return new Terminal(new PrintStream(this.out, true, StandardCharsets.UTF_8),
				new PrintStream(this.err, true, StandardCharsets.UTF_8), this.interactive);
	}

	private String out() {
		return this.out.toString(StandardCharsets.UTF_8);
	}

	/** Returns what was written since the last time. */
	private String err() {
		String text = this.err.toString(StandardCharsets.UTF_8);
		this.err.reset();
		return text;
	}

	@Test
	void systemdDropInWhenTheManagerIsNotNamedIsMisuse() {
		assertThat(run("systemd-drop-in")).isEqualTo(2);
		assertThat(err()).contains("--manager=UNIT");
		assertThat(run("systemd-drop-in", "--manager=--x")).isEqualTo(2);
	}

	@Test
	void systemdDropInShowsBothFilesWithTimesThatFollowFromTheLease() {
		assertThat(run("systemd-drop-in", "--manager=ha-manager")).isZero();
		assertThat(out()).contains("# /etc/systemd/system/convex.service.d/50-ha-cluster.conf")
			.contains("BindsTo=ha-manager.service\n")
			.contains("# /etc/systemd/system/ha-manager.service.d/50-ha-cluster.conf")
			.contains("WatchdogSec=4000ms\nWatchdogSignal=SIGKILL\n");
	}

}
