package io.hacluster.console;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.lifecycle.StepReport;
import io.hacluster.lifecycle.TransitionCause;
import io.hacluster.lifecycle.TransitionReport;
import io.hacluster.member.Member;
import io.hacluster.member.TermHistory.PastTerm;
import io.hacluster.test.BrowserTab;
import io.hacluster.test.Chromium;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page in a real browser, with a cluster that is as the test says. With
 * {@code -Dconsole.screenshots=DIRECTORY} it also takes the pictures of the
 * documentation.
 */
class ConsolePageTests {

	@TempDir
	static Path directory;

	private static Chromium chromium;

	private BrowserTab tab;

	private FakeNode node;

	private FakeCluster cluster;

	private TransitionBoard board;

	@BeforeAll
	static void startBrowser() {
		chromium = Chromium.start(directory);
	}

	@AfterAll
	static void closeBrowser() {
		if (chromium != null) {
			chromium.close();
		}
	}

	@BeforeEach
	void start() {
		this.node = FakeNode.start(ConsoleAccess.UNRESTRICTED);
		this.cluster = this.node.cluster();
		this.board = this.node.board();
		this.tab = chromium.tab();
	}

	@AfterEach
	void close() {
		this.node.close();
	}

	@Test
	void pictures() {
		story();
		this.tab.open(url());
		Awaitility.await()
			.atMost(Duration.ofSeconds(8))
			.untilAsserted(() -> assertThat(this.tab.read("#lede") + this.tab.problems()).contains("a leads"));
		for (String scheme : List.of("light", "dark")) {
			this.tab.screen(1180, 900, scheme);
			this.tab.screenshot(Path.of("/tmp/shots/" + scheme + ".png"), true);
		}
		this.tab.screen(360, 740, "light");
		this.tab.screenshot(Path.of("/tmp/shots/phone.png"), true);
		assertThat(this.tab.problems()).isEmpty();
	}

	private String url() {
		return this.node.url("/ha").toString();
	}

	private void story() {
		Instant now = Instant.now();
		Member b = FakeCluster.member("b", ClusterRole.FOLLOWER, 48_213L, Duration.ofMillis(140));
		Member c = FakeCluster.member("c", ClusterRole.FOLLOWER, 48_190L, Duration.ofMillis(2300));
		this.cluster.terms(new PastTerm(12, new NodeId("a"), now.minusSeconds(193), null, null,
				List.of(FakeCluster.step("win-election", 4), FakeCluster.step("catch-up", 61),
						FakeCluster.step("stop-passive-replication", 12), FakeCluster.step("promote-replica", 9),
						FakeCluster.step("acquire-vip", 18), FakeCluster.step("start-backend", 640),
						FakeCluster.step("verify-database", 5), FakeCluster.step("start-primary-replication", 44),
						FakeCluster.step("start-snapshots", 2)),
				List.of()),
				new PastTerm(11, new NodeId("b"), now.minusSeconds(9000), now.minusMillis(194_400),
						"an operator asked for a switchover to a",
						List.of(FakeCluster.step("win-election", 3), FakeCluster.step("catch-up", 40)),
						List.of(FakeCluster.step("stop-snapshots", 1), FakeCluster.step("stop-backend", 310),
								FakeCluster.step("release-vip", 6))),
				new PastTerm(10, new NodeId("a"), now.minusSeconds(12000), null, null, List.of(), List.of()));
		for (int i = 0; i < 100; i++) {
			double wave = Math.abs(Math.sin(i / 9.0));
			this.cluster
				.show(null,
						FakeCluster.alive(FakeCluster.member("a", ClusterRole.LEADER, 48_215L,
								Duration.ofMillis((long) (40 + 60 * wave)))),
						FakeCluster.alive(b), FakeCluster.alive(c));
		}
		this.board.transitionStarted(TransitionReport.Kind.PROMOTION, new Epoch(12), TransitionCause.ELECTED,
				"elected");
		this.board.stepFinished(TransitionReport.Kind.PROMOTION, new Epoch(12),
				new StepReport("win-election", StepReport.Outcome.DONE, Duration.ofMillis(4), null));
		this.board.stepStarted(TransitionReport.Kind.PROMOTION, new Epoch(12), "catch-up");
	}

}
