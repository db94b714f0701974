package io.hacluster.console;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import io.hacluster.ClusterRole;
import io.hacluster.NodeId;
import io.hacluster.member.ClusterView;
import io.hacluster.member.MemberLabels;
import io.hacluster.test.BrowserTab;
import io.hacluster.test.Chromium;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page in a real browser, with a cluster that is as the test says.
 */
class ConsolePageTests {

	private static final String[] SCHEMES = { "light", "dark" };

	@TempDir
	static Path directory;

	private static Chromium chromium;

	private static FakeNode shared;

	private FakeNode node = shared;

	private BrowserTab tab;

	@BeforeAll
	static void startAll() {
		chromium = Chromium.start(directory);
		shared = FakeNode.start(ConsoleAccess.UNRESTRICTED);
	}

	@AfterAll
	static void closeAll() {
		if (chromium != null) {
			chromium.close();
		}
		if (shared != null) {
			shared.close();
		}
	}

	@BeforeEach
	void openTab() {
		shared.cluster().reset();
		this.tab = chromium.tab();
		this.tab.screen(1100, 900, "light");
	}

	@AfterEach
	void closeTab() {
		this.tab.close();
		if (this.node != shared) {
			this.node.close();
		}
	}

	@Test
	void pageTellsWhoLeadsAndFollowsWithoutAReload() {
		open();
		assertThat(this.tab.read("h1")).isEqualTo("orders");
		assertThat(this.tab.read("#lede")).contains("a leads in epoch 12")
			.contains("2 followers, 80 ms behind at most");
		assertThat(this.tab.text("[...document.querySelectorAll('#members tr')].map((row) => "
				+ "row.children[0].innerText + '/' + row.children[1].innerText + '/' + row.children[2].innerText).join()"))
			.containsIgnoringWhitespaces("a/Leader/35 ms,b this node/Follower/80 ms,c/Follower/60 ms");
		this.tab.evaluate("window.sameDocument = true");
		this.node.cluster()
			.show(null, FakeCluster.gone(Story.member("a", ClusterRole.LEADER)),
					FakeCluster.alive(Story.member("b", ClusterRole.FOLLOWER)),
					FakeCluster.alive(Story.member("c", ClusterRole.LEADER)));
		Awaitility.await().untilAsserted(() -> assertThat(this.tab.read("#lede")).contains("c leads", "a is gone"));
		assertThat(this.tab.text("document.querySelector('#announcer').textContent")).contains("c leads now",
				"a is gone");
		assertThat(this.tab.text("document.title")).isEqualTo("c · orders");
		assertThat(this.tab.read("#members tr:first-child")).contains("Gone");
		assertThat(this.tab.evaluate("window.sameDocument").asBoolean()).isTrue();
	}

	@Test
	void stepsAppearAsTheyHappen() {
		open();
		Story.promoting(this.node.board());
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.tab.read("#steps [data-outcome=RUNNING]"))
				.contains("Start the backend", "running"));
		assertThat(this.tab.read("#transition-title")).isEqualTo("Now on b");
		assertThat(this.tab.read("#steps li:first-child")).contains("Win the election", "4 ms");
		assertThat(this.tab.text("document.querySelectorAll('#steps [data-outcome=PENDING]').length")).isEqualTo("3");
		Story.failed(this.node.board());
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.tab.read("#transition")).contains("Last transition on b",
					"took too long", "health URL does not answer"));
	}

	@Test
	void epochsTellWhoLedWhenAndWhy() {
		open();
		assertThat(this.tab.read("#terms li:first-child")).contains("Epoch 12: a", "until now",
				"Became leader in 795 ms", "Nobody led for 1.4 s");
		assertThat(this.tab.read("#terms li:nth-child(2)")).contains("Epoch 11: b", "An operator asked");
		assertThat(this.tab.read("#terms li:nth-child(3)")).contains("Epoch 10: a", "not recorded; b followed");
		assertThat(this.tab.read("#terms .timing")).isEmpty();
		this.tab.evaluate("document.querySelector('#terms summary').click()");
		assertThat(this.tab.read("#terms .timing")).contains("Start the backend", "640 ms", "nothing to do");
	}

	@Test
	void lagIsDrawn() {
		Story.lag(this.node.lag());
		open();
		assertThat(this.tab.text("document.querySelector('#chart svg').getAttribute('aria-label')"))
			.contains("Lag of the last five minutes", "a ", "b ", "c ");
		assertThat(this.tab.evaluate("document.querySelectorAll('#chart path').length").asInt()).isEqualTo(3);
		assertThat(this.tab.text("document.querySelector('#chart path').getAttribute('d')")).contains("L");
		assertThat(this.tab.read("#legend")).containsPattern("a \\d+ ms\\s+b \\d+ ms\\s+c \\d+ ms");
	}

	@Test
	void switchoverWorksWithTheKeyboardAlone() {
		open();
		tabTo("switchover");
		this.tab.press("Enter");
		assertThat(this.tab.read("dialog")).contains("Switch over", "no committed transaction is lost", "60 ms behind");
		// Through the targets: the best, b, c
		tabTo("INPUT");
		this.tab.press("ArrowDown");
		this.tab.press("ArrowDown");
		tabTo("dialog-confirm");
		this.tab.press("Enter");
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(this.tab.read("#outcome")).contains("Switchover: done. B leads in epoch 13."));
		assertThat(this.node.cluster().calls()).containsExactly("switchover c");
		assertThat(this.tab.read("dialog")).isEmpty();
		assertThat(this.tab.text(Accessibility.FOCUS)).isEqualTo("switchover");
	}

	@Test
	void dialogIsLeftWithEscapeAndNothingHappens() {
		open();
		tabTo("pause");
		this.tab.press("Enter");
		assertThat(this.tab.read("dialog")).contains("nobody takes over");
		this.tab.press("Escape");
		Awaitility.await().untilAsserted(() -> assertThat(this.tab.read("dialog")).isEmpty());
		assertThat(this.tab.text(Accessibility.FOCUS)).isEqualTo("pause");
		assertThat(this.node.cluster().calls()).isEmpty();
	}

	@Test
	void pauseAndResumeAreShownToAll() {
		open();
		this.tab.evaluate("document.querySelector('#pause').click()");
		this.tab.evaluate("document.querySelector('[name=reason]').focus()");
		this.tab.type("a new disk");
		this.tab.press("Enter");
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.node.cluster().calls()).containsExactly("pause a new disk"));
		this.node.cluster().show(new ClusterView.Pause("a new disk", new NodeId("c"), Instant.now()), Story.members());
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.tab.read("#banners")).contains("Paused.", "By c", "A new disk."));
		assertThat(this.tab.read("#pause")).isEmpty();
		this.tab.evaluate("document.querySelector('#resume').click()");
		this.tab.evaluate("document.querySelector('#dialog-confirm').click()");
		Awaitility.await().untilAsserted(() -> assertThat(this.node.cluster().calls()).endsWith("resume"));
	}

	@Test
	void actionUnderWayKeepsTheButtonsFromBeingPressedAgain() {
		CountDownLatch gate = new CountDownLatch(1);
		this.node.cluster().gate(gate);
		open();
		this.tab.evaluate("document.querySelector('#switchover').click()");
		this.tab.evaluate("document.querySelector('#dialog-confirm').click()");
		Awaitility.await().untilAsserted(() -> assertThat(this.tab.read("#outcome")).contains("Under way"));
		this.tab.evaluate("document.querySelector('#pause').click()");
		assertThat(this.tab.read("dialog")).isEmpty();
		gate.countDown();
		Awaitility.await().untilAsserted(() -> assertThat(this.tab.read("#outcome")).contains("done"));
	}

	@Test
	void readOnlyAccessHasNoButtons() {
		this.node = FakeNode.start(ConsoleAccess.READ_ONLY);
		open();
		assertThat(this.tab.read("#actions")).isEmpty();
		assertThat(this.tab.read("#read-only")).contains("management.endpoint.leader.access");
	}

	@Test
	void nodeThatIsGoneIsSaidToBeGoneAndTheOthersAreOffered() {
		this.node = FakeNode.start(ConsoleAccess.UNRESTRICTED);
		open();
		this.node.close();
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.tab.read("#lost")).contains("No connection to this node since",
					"Look from a", "Look from c"));
		assertThat(this.tab.text("[...document.querySelectorAll('#lost a')].map((link) => link.href).join()"))
			.isEqualTo("http://a.example.org:8080/ha,http://c.example.org:8080/ha");
		assertThat(this.tab.text("document.querySelector('#switchover').getAttribute('aria-disabled')"))
			.isEqualTo("true");
		int port = this.node.port();
		this.node = FakeNode.start(ConsoleAccess.UNRESTRICTED, "--server.port=" + port);
		Story.tell(this.node);
		Awaitility.await().untilAsserted(() -> assertThat(this.tab.read("#connection")).contains("Live from b"));
		assertThat(this.tab.read("#lost")).isEmpty();
	}

	@Test
	void whatMembersSayIsNeverMarkup() {
		String markup = "<img src=x onerror=alert(1)>";
		open();
		this.node.cluster()
			.show(new ClusterView.Pause(markup, new NodeId("c"), Instant.now()),
					FakeCluster.alive(Story.failing("a", markup)));
		Awaitility.await().untilAsserted(() -> assertThat(this.tab.read("#members")).contains(markup));
		assertThat(this.tab.read("#banners")).contains(markup);
		assertThat(this.tab.evaluate("document.querySelectorAll('img').length").asInt()).isZero();
	}

	@ParameterizedTest
	@ValueSource(ints = { 1100, 768, 360 })
	void pageIsReadableInEveryWidthAndScheme(int width) {
		Story.lag(this.node.lag());
		for (String scheme : SCHEMES) {
			this.tab.screen(width, 800, scheme);
			open();
			this.node.cluster()
				.show(new ClusterView.Pause("a new disk", new NodeId("c"), Instant.now()),
						FakeCluster
							.alive(Story.failing("a", "The backend exited with code 3; last output: no space left")),
						FakeCluster.alive(Story.member("b", ClusterRole.FOLLOWER)),
						FakeCluster.gone(Story.member("c", ClusterRole.FOLLOWER)));
			Awaitility.await().untilAsserted(() -> assertThat(this.tab.read("#banners")).contains("Paused"));
			this.tab.evaluate("document.querySelectorAll('details').forEach((details) => details.open = true)");
			assertThat(this.tab.text(Accessibility.FAINT)).as("faint, %s", scheme).isEmpty();
			assertThat(this.tab.text(Accessibility.SMALL)).as("small").isEmpty();
			assertThat(this.tab.evaluate(Accessibility.OVERFLOW).asInt()).as("overflow").isLessThanOrEqualTo(0);
			this.tab.evaluate("document.querySelector('#switchover').click()");
			assertThat(this.tab.text(Accessibility.FAINT)).as("faint in the dialog, %s", scheme).isEmpty();
			assertThat(this.tab.text(Accessibility.SMALL)).as("small in the dialog").isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1100, 768, 360 })
	void longLabelsAreReadAsAWholeAndLeaveTheOthersTheirRoom(int width) {
		String key = "k".repeat(300);
		String value = "v".repeat(300);
		Map<String, String> many = new TreeMap<>();
		for (int i = 0; i < MemberLabels.MAX_LABELS; i++) {
			many.put("name-" + i, "some words of value " + i);
		}
		this.tab.screen(width, 800, "light");
		open();
		assertThat(this.tab.text(Accessibility.SQUEEZED)).as("with short labels").isEmpty();
		this.node.cluster()
			.show(null, FakeCluster.alive(Story.labelled("a", ClusterRole.LEADER, Map.of(key, value))),
					FakeCluster.alive(Story.labelled("b", ClusterRole.FOLLOWER, many)),
					FakeCluster.gone(Story.member("c", ClusterRole.FOLLOWER)));
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.tab.read("#members")).contains(key + ": " + value)
				.contains("some words of value 15"));
		assertThat(this.tab.text(Accessibility.SQUEEZED)).as("with long labels").isEmpty();
		assertThat(this.tab.evaluate("document.querySelector('.labels').getBoundingClientRect().width").asDouble())
			.as("width of the labels")
			.isGreaterThan(150);
		assertThat(this.tab.evaluate(Accessibility.OVERFLOW).asInt()).as("overflow").isLessThanOrEqualTo(0);
	}

	@Test
	void focusGoesFromTopToBottomAndIsSeen() {
		open();
		List<String> order = new ArrayList<>();
		for (int i = 0; i < 6; i++) {
			this.tab.press("Tab");
			order.add(this.tab.text(Accessibility.FOCUS));
		}
		assertThat(order).startsWith("switchover", "pause", "a", "c")
			.allSatisfy((name) -> assertThat(name).doesNotContain("not to be seen"));
	}

	@Test
	void everythingHasARoleAndAName() {
		Story.lag(this.node.lag());
		for (int width : new int[] { 1100, 360 }) {
			this.tab.screen(width, 800, "light");
			open();
			JsonNode tree = this.tab.send("Accessibility.getFullAXTree", Map.of()).get("nodes");
			List<String> seen = new ArrayList<>();
			tree.forEach((item) -> {
				if (!item.path("ignored").asBoolean()) {
					seen.add(item.at("/role/value").asString() + " " + item.at("/name/value").asString());
				}
			});
			assertThat(seen).contains("heading orders", "heading Members", "table Members", "columnheader Lag",
					"button Switch over…", "button Pause…", "heading Replication lag", "heading Epochs", "link a",
					"group Actions", "main ", "banner ");
			assertThat(seen.stream().filter((item) -> item.startsWith("rowheader")).toList()).hasSize(3);
			assertThat(seen).noneMatch((item) -> item.matches("(button|link|image|radio|textbox) "));
			assertThat(seen).anyMatch((item) -> item.startsWith("image Lag of the last five minutes"));
		}
	}

	/**
	 * Opens the page and waits until it shows the cluster; no error may come of it.
	 */
	private void open() {
		Story.tell(this.node);
		this.tab.open(this.node.url("/ha").toString());
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(this.tab.read("#connection") + this.tab.problems()).isEqualTo("Live from b[]"));
		Awaitility.await().untilAsserted(() -> assertThat(this.tab.read("#lede")).contains("a leads"));
	}

	private void tabTo(String name) {
		List<String> seen = new ArrayList<>();
		for (int i = 0; i < 12 && !name.equals(this.tab.text(Accessibility.FOCUS)); i++) {
			this.tab.press("Tab");
			seen.add(this.tab.text(Accessibility.FOCUS));
		}
		assertThat(this.tab.text(Accessibility.FOCUS)).as("%s", seen).isEqualTo(name);
	}

}
