package io.hacluster.backend.systemd;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link UnitStatus} and {@link UnitFailure}, on what systemd 252 has answered.
 */
class UnitStatusTests {

	private static final String KILLED = """
			MainPID=0
			Result=signal
			NRestarts=0
			ExecMainCode=2
			ExecMainStatus=9
			ControlGroup=
			TasksCurrent=[not set]
			Id=b.service
			BindsTo=m.service
			RequiredBy=
			WantedBy=
			TriggeredBy=
			LoadState=loaded
			ActiveState=failed
			SubState=failed
			UnitFileState=static
			InactiveExitTimestamp=Mon 2026-11-23 10:42:11 UTC
			Job=
			NeedDaemonReload=no
			LoadError=
			""";

	@Test
	void parseReadsWhatSystemdAnswers() {
		UnitStatus status = one(KILLED);
		assertThat(status.id()).isEqualTo("b.service");
		assertThat(status).hasToString("failed (failed)");
		assertThat(status.isActive()).isFalse();
		assertThat(status.hasEnded()).isTrue();
		assertThat(status.isQuiet()).isTrue();
		assertThat(status.isBoundTo("m.service")).isTrue();
		assertThat(status.isBoundTo("other.service")).isFalse();
		assertThat(status.starters()).isEmpty();
		assertThat(status.since()).isEqualTo("Mon 2026-11-23 10:42:11 UTC");
		assertThat(UnitFailure.ofEnd(status)).isEqualTo("b.service was killed by signal 9 [signal]");
	}

	@Test
	void parseWhenSeveralUnitsAreAskedForReadsEach() {
		assertThat(UnitStatus.parse(KILLED + "\nId=c.service\nActiveState=active\n")).extracting(UnitStatus::id)
			.containsExactly("b.service", "c.service");
		assertThat(UnitStatus.parse("")).isEmpty();
		assertThat(UnitStatus.parse("Failed to connect to bus: No such file or directory\n")).isEmpty();
	}

	@Test
	void unitWhenProcessesAreLeftInItsControlGroupIsNotQuiet() {
		String left = KILLED.replace("ControlGroup=", "ControlGroup=/system.slice/b.service");
		assertThat(one(left).hasEnded()).isTrue();
		assertThat(one(left).isQuiet()).isFalse();
		assertThat(one(left.replace("[not set]", "2")).isQuiet()).isFalse();
		assertThat(one(left.replace("[not set]", "0")).isQuiet()).isTrue();
	}

	@Test
	void unitWhenAJobWaitsHasNotEnded() {
		// systemctl restart of the manager extends to the units that are bound to it
		assertThat(one(KILLED.replace("Job=", "Job=4711")).hasEnded()).isFalse();
		assertThat(one(KILLED.replace("Job=", "Job=0")).hasEnded()).isTrue();
	}

	@Test
	void unitWhenSystemdIsAboutToRestartItHasNotEnded() {
		UnitStatus status = one(KILLED.replace("ActiveState=failed", "ActiveState=activating")
			.replace("SubState=failed", "SubState=auto-restart"));
		assertThat(status.hasEnded()).isFalse();
		assertThat(status.isQuiet()).isFalse();
		assertThat(status.isActive()).isFalse();
	}

	@Test
	void startersAreWhateverStartsAUnitUnasked() {
		assertThat(one(KILLED.replace("UnitFileState=static", "UnitFileState=enabled")
			.replace("WantedBy=", "WantedBy=multi-user.target")
			.replace("TriggeredBy=", "TriggeredBy=b.socket b.timer")).starters())
			.containsExactly("the boot (it is enabled)", "multi-user.target", "b.socket", "b.timer");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					exit-code       | 1 | 3   | b.service exited with code 3 [exit-code]
					exit-code       | 1 | 203 | b.service exited with code 203 (its program cannot be executed) [exit-code]
					exit-code       | 0 | 0   | b.service has failed: one of the other commands of its unit ended with an error [exit-code]
					signal          | 2 | 6   | b.service was killed by signal 6 [signal]
					core-dump       | 3 | 11  | b.service was killed by signal 11 and has dumped its core [core-dump]
					oom-kill        | 2 | 9   | b.service was killed because memory ran out [oom-kill]
					watchdog        | 2 | 6   | b.service did not report to the watchdog of its unit [watchdog]
					timeout         | 2 | 9   | b.service did not start or stop within the time that its unit allows [timeout]
					something-new   | 0 | 0   | b.service has failed [something-new]
					""")
	void failureSaysWhatHasHappened(String result, int code, int status, String expected) {
		assertThat(UnitFailure.ofEnd(one(KILLED.replace("Result=signal", "Result=" + result)
			.replace("ExecMainCode=2", "ExecMainCode=" + code)
			.replace("ExecMainStatus=9", "ExecMainStatus=" + status)))).isEqualTo(expected);
	}

	@Test
	void loadingSaysWhyAUnitCannotRun() {
		assertThat(UnitFailure.ofLoading(one(KILLED))).isNull();
		assertThat(UnitFailure.ofLoading(one(KILLED.replace("LoadState=loaded", "LoadState=bad-setting")
			.replace("LoadError=",
					"LoadError=org.freedesktop.systemd1.BadUnitSetting \"Unit b.service has a bad unit file setting.\""))))
			.isEqualTo("The unit b.service has a setting that systemd does not accept: "
					+ "Unit b.service has a bad unit file setting.");
	}

	private static UnitStatus one(String text) {
		List<UnitStatus> units = UnitStatus.parse(text);
		assertThat(units).hasSize(1);
		return units.get(0);
	}

}
