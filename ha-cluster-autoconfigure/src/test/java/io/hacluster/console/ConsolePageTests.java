package io.hacluster.console;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

import io.hacluster.ClusterRole;
import io.hacluster.Epoch;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
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

	private ConfigurableApplicationContext context;

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
		this.context = SpringApplication.run(Application.class, "--server.port=0");
		this.cluster = this.context.getBean(FakeCluster.class);
		this.board = this.context.getBean(TransitionBoard.class);
		this.tab = chromium.tab();
	}

	@AfterEach
	void close() {
		this.context.close();
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
		return "http://127.0.0.1:" + this.context.getEnvironment().getProperty("local.server.port") + "/ha";
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

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
			WebMvcAutoConfiguration.class })
	static class Application {

		@Bean
		FakeCluster cluster() {
			return new FakeCluster();
		}

		@Bean
		TransitionBoard board() {
			return new TransitionBoard(Clock.systemUTC());
		}

		@Bean
		Console console(FakeCluster cluster, TransitionBoard board) {
			return new Console(new NodeIdentity("orders", new NodeId("b"), "nonce"), cluster, cluster, cluster, board,
					ConsoleAccess.UNRESTRICTED, CsrfTokens.NONE, Clock.systemUTC());
		}

		@Bean
		SimpleUrlHandlerMapping mapping(Console console) {
			return new SimpleUrlHandlerMapping(Map.of("/ha", console.handler(), "/ha/**", console.handler()), -90);
		}

	}

}
