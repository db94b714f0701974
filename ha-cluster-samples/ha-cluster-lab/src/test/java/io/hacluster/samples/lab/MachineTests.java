package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The whole sequence with its real parts: two machines that boot, with a manager and a
 * backend that are units of their systemd, a virtual IP, NATS, and a client that never
 * stops writing. The tests share the machines, in any order; each begins when the cluster
 * is whole and ends with it whole again, without anybody's help.
 */
@Tag("hosts")
@Timeout(300)
class MachineTests {

	@TempDir
	static Path directory;

	private static MachineBed bed;

	private Machine leader;

	private Machine follower;

	private Set<Long> lostBefore;

	private long begin;

	private long struck;

	@BeforeAll
	static void boot() throws IOException {
		Script.require("root".equals(System.getProperty("user.name")), "only root can boot machines");
		Script.path("debian-tree");
		Script.path("systemd-nspawn");
		bed = MachineBed.create(directory);
		bed.start();
	}

	@AfterAll
	static void remove() {
		if (bed != null) {
			bed.close();
		}
	}

	@BeforeEach
	void awaitWhole() {
		this.leader = bed.awaitWhole();
		this.follower = bed.other(this.leader);
		this.lostBefore = bed.lost(this.leader);
		this.begin = System.nanoTime();
		this.struck = this.begin;
	}

	@AfterEach
	void assertNothingWasSharedAndAllIsWhole() {
		Machine last = bed.awaitWhole();
		long now = System.nanoTime();
		assertThat(bed.addresses().overlap(this.begin, now)).as("both had the virtual IP")
			.isLessThan(FaultChecks.KERNEL_LATENESS);
		assertThat(bed.backends().overlap(this.begin, now)).as("the backend ran on both")
			.isLessThan(FaultChecks.BACKEND_TOLERANCE);
		assertThat(bed.differences(last)).isEmpty();
	}

	@Test
	void startWhenBothBootGivesOneTheVirtualIpAndTheUnit() {
		assertThat(bed.holdsVip(this.leader)).isTrue();
		assertThat(bed.holdsVip(this.follower)).isFalse();
		assertThat(this.leader.show(MachineBed.BACKEND, "ActiveState")).isEqualTo("active");
		// Failed if a test before had the guard kill it.
		assertThat(this.follower.show(MachineBed.BACKEND, "ActiveState")).isIn("inactive", "failed");
		assertThat(this.leader.show(MachineBed.MANAGER, "ActiveState")).isEqualTo("active");
		assertThat(this.leader.show(MachineBed.MANAGER, "User")).isEqualTo("convex");
		assertThat(this.leader.show(MachineBed.MANAGER, "StatusText")).containsIgnoringCase("leader");
		assertThat(this.follower.show(MachineBed.MANAGER, "StatusText")).containsIgnoringCase("follower");
	}

	@Test
	void stepDownMovesTheVirtualIpAndTheUnit() {
		strike(bed.node(this.leader)::stepDown);
		bed.awaitServedBy(this.follower, this.struck);
		assertNothingLost();
	}

	@Test
	void stopOfTheManagerMovesTheVirtualIpAndTheUnit() {
		strike(() -> this.leader.execute("systemctl", "stop", MachineBed.MANAGER));
		assertThat(this.leader.show(MachineBed.BACKEND, "ActiveState")).isEqualTo("inactive");
		assertThat(this.leader.show(MachineBed.MANAGER, "Result")).isEqualTo("success");
		bed.awaitServedBy(this.follower, this.struck);
		assertNothingLost();
		this.leader.execute("systemctl", "start", MachineBed.MANAGER);
	}

	@Test
	void backendThatNoLongerStartsMovesToTheOtherNodeAndTheManagerSaysWhy() {
		this.leader.execute("sh", "-c", "echo CONVEX_LISTEN=203.0.113.1:3210 >>/etc/convex/backend.env");
		strike(() -> this.leader.execute("systemctl", "kill", "--signal=KILL", MachineBed.BACKEND));
		bed.awaitServedBy(this.follower, this.struck);
		this.leader.execute("sed", "-i", "$d", "/etc/convex/backend.env");
		assertThat(this.leader.execute("journalctl", "--unit=" + MachineBed.MANAGER).output())
			.contains(MachineBed.BACKEND + " exited with code 1", "cannot serve /var/lib/convex/data.db");
		assertNothingLost();
	}

	@Test
	void killOfTheManagerEndsTheUnitAndTheManagerReturns() {
		long restarts = restarts();
		long pid = this.leader.mainProcess(MachineBed.MANAGER);
		strike(() -> ProcessHandle.of(pid).orElseThrow().destroyForcibly());
		bed.awaitServedBy(this.follower, this.struck);
		assertOnlyTheLastSecondLost();
		bed.awaitWhole();
		assertThat(restarts()).isGreaterThan(restarts);
	}

	@Test
	void frozenManagerLosesTheUnitAndIsStartedAgainByTheWatchdog() {
		long restarts = restarts();
		long pid = this.leader.mainProcess(MachineBed.MANAGER);
		// Nobody thaws it.
		strike(() -> new Signals().freeze(pid));
		bed.awaitServedBy(this.follower, this.struck);
		assertOnlyTheLastSecondLost();
		bed.awaitWhole();
		assertThat(restarts()).isGreaterThan(restarts);
	}

	@Test
	void powerOffMovesTheVirtualIpAndTheUnit() {
		strike(this.leader::powerOff);
		bed.awaitServedBy(this.follower, this.struck);
		assertOnlyTheLastSecondLost();
		this.leader.boot();
	}

	@Test
	void rebootOfTheLeaderMovesTheVirtualIpAndTheUnit() {
		strike(this.leader::reboot);
		bed.awaitServedBy(this.follower, this.struck);
		assertNothingLost();
	}

	@Test
	void staleMachineThatBootsFirstHasWhatTheOtherOneHadShipped() {
		this.follower.powerOff();
		LockSupport.parkNanos(Duration.ofSeconds(2).toNanos());
		strike(this.leader::powerOff);
		this.follower.boot();
		bed.awaitServedBy(this.follower, this.struck);
		assertOnlyTheLastSecondLost();
		this.leader.boot();
	}

	private long restarts() {
		return Long.parseLong(this.leader.show(MachineBed.MANAGER, "NRestarts"));
	}

	private void strike(Runnable blow) {
		this.struck = System.nanoTime();
		blow.run();
	}

	private void assertNothingLost() {
		Set<Long> lost = bed.lost(this.follower);
		lost.removeAll(this.lostBefore);
		assertThat(lost).isEmpty();
	}

	/**
	 * What was acknowledged up to a second before the fault is there, and what was
	 * acknowledged by the new leader.
	 */
	private void assertOnlyTheLastSecondLost() {
		Ledger.Outage outage = Ledger.outage(bed.ledger().byTime(), this.struck);
		Set<Long> lost = bed.lost(this.follower);
		lost.removeAll(this.lostBefore);
		bed.ledger()
			.byTime()
			.stream()
			.filter((entry) -> entry.nanos() - this.struck > -FailoverResult.GRACE.toNanos()
					&& entry.nanos() - outage.to() < 0)
			.forEach((entry) -> lost.remove(entry.id()));
		assertThat(lost).isEmpty();
	}

}
