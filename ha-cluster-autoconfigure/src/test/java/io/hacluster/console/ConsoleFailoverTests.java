package io.hacluster.console;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.hacluster.Leadership;
import io.hacluster.test.BrowserTab;
import io.hacluster.test.Chromium;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three real nodes, and a real browser that shows the page of one of them while another
 * is stopped. A node that stops releases its lease, so nobody waits for the end of one.
 */
class ConsoleFailoverTests {

	@TempDir
	Path directory;

	private final Map<String, ConfigurableApplicationContext> nodes = new TreeMap<>();

	private Chromium chromium;

	private BrowserTab tab;

	@BeforeEach
	void startBrowser() {
		this.chromium = Chromium.start(this.directory);
	}

	@AfterEach
	void close() {
		this.nodes.values().forEach(ConfigurableApplicationContext::close);
		if (this.chromium != null) {
			this.chromium.close();
		}
	}

	@Test
	void pageShowsAFailoverAndActsOnTheCluster() {
		start("a");
		Awaitility.await().until(() -> leads("a"));
		start("b");
		start("c");
		this.tab = this.chromium.tab();
		this.tab.screen(1100, 900, "light");
		this.tab.open(url("b"));
		Awaitility.await().untilAsserted(() -> assertThat(this.tab.read("#lede")).contains("a leads", "2 followers"));
		assertThat(this.tab.read("#transition-title")).isNotEmpty();
		this.tab.evaluate("window.sameDocument = true");
		int terms = terms();

		this.nodes.remove("a").close();
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.tab.read("#lede")).containsPattern("[bc] leads in epoch"));
		Awaitility.await().untilAsserted(() -> assertThat(terms()).isGreaterThan(terms));
		Awaitility.await()
			.untilAsserted(() -> assertThat(this.tab.read("#members tr:first-child")).containsPattern("Stopped|Gone"));
		Awaitility.await()
			.untilAsserted(
					() -> assertThat(this.tab.read("#terms li:first-child")).contains("until now", "Became leader in"));

		String before = leads("b") ? "b" : "c";
		String after = leads("b") ? "c" : "b";
		press("switchover");
		// What is checked is the best of those who qualify, and there is only one
		press("dialog-confirm");
		Awaitility.await().untilAsserted(() -> assertThat(this.tab.read("#outcome")).contains("Switchover: done."));
		Awaitility.await().untilAsserted(() -> assertThat(this.tab.read("#lede")).contains(after + " leads in epoch"));
		assertThat(leads(before)).isFalse();

		press("pause");
		this.tab.press("Tab");
		assertThat(this.tab.read("dialog")).contains("Pause the cluster");
		press("dialog-confirm");
		Awaitility.await().untilAsserted(() -> assertThat(this.tab.read("#banners")).contains("Paused."));
		press("resume");
		press("dialog-confirm");
		Awaitility.await().untilAsserted(() -> assertThat(this.tab.read("#banners")).isEmpty());
		assertThat(this.tab.evaluate("window.sameDocument").asBoolean()).isTrue();
		assertThat(this.tab.problems()).isEmpty();
	}

	private void start(String id) {
		this.nodes.put(id,
				SpringApplication.run(Application.class, "--server.port=0", "--ha.cluster.name=orders",
						"--ha.cluster.node-id=" + id, "--ha.cluster.store=local",
						"--ha.cluster.local.directory=" + this.directory.resolve("store"),
						"--ha.cluster.sqlite.path=" + this.directory.resolve(id + ".db"),
						"--ha.cluster.election.lease-duration=60s", "--ha.cluster.election.renew-interval=1s",
						"--ha.cluster.console.enabled=true", "--management.endpoint.leader.access=unrestricted",
						"--management.endpoints.web.exposure.include=leader"));
	}

	private boolean leads(String id) {
		return this.nodes.get(id).getBean(Leadership.class).isLeader();
	}

	private int terms() {
		return this.tab.evaluate("document.querySelectorAll('#terms > li').length").asInt();
	}

	private String url(String id) {
		return "http://127.0.0.1:" + this.nodes.get(id).getEnvironment().getProperty("local.server.port") + "/ha";
	}

	/**
	 * Goes to a button with the tabulator, and presses it with Enter.
	 */
	private void press(String button) {
		Awaitility.await()
			.until(() -> !"true".equals(this.tab.text("document.getElementById('" + button + "').ariaDisabled")));
		List<String> seen = new ArrayList<>();
		for (int i = 0; i < 30 && !button.equals(this.tab.text("document.activeElement.id")); i++) {
			this.tab.press("Tab");
			seen.add(this.tab.text("document.activeElement.id"));
		}
		assertThat(this.tab.text("document.activeElement.id")).as("%s", seen).isEqualTo(button);
		this.tab.press("Enter");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
