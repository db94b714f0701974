package io.hacluster.console;

import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.security.autoconfigure.SecurityAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterAutoConfiguration;
import org.springframework.boot.security.autoconfigure.web.servlet.ServletWebSecurityAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

import io.hacluster.test.BrowserTab;
import io.hacluster.test.Chromium;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The page behind Spring Security, configured as the documentation says.
 */
class ConsoleSecurityTests {

	private static FakeNode node;

	@BeforeAll
	static void start() {
		node = FakeNode.start(List.of(FakeNode.Application.class, Secured.class), ConsoleAccess.UNRESTRICTED,
				"--spring.autoconfigure.exclude=");
	}

	@AfterAll
	static void close() {
		if (node != null) {
			node.close();
		}
	}

	@BeforeEach
	void reset() {
		node.cluster().reset();
	}

	@Test
	void strangersSeeNothing() throws Exception {
		HttpClient client = HttpClient.newHttpClient();
		for (String path : List.of("/ha", "/ha/state", "/ha/stream", "/ha/csrf", "/ha/console.js")) {
			HttpResponse<String> response = client.send(HttpRequest.newBuilder(node.url(path)).build(),
					HttpResponse.BodyHandlers.ofString());
			assertThat(response.statusCode()).as(path).isEqualTo(302);
			assertThat(response.headers().firstValue("Location").orElseThrow()).contains("/login");
		}
	}

	@Test
	void actionWithoutTokenIsRefused() throws Exception {
		HttpClient client = HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
		URI action = node.url("/ha/actions/pause");
		HttpResponse<String> response = client.send(HttpRequest.newBuilder(action)
			.header("X-HA-Console", "1")
			.POST(HttpRequest.BodyPublishers.noBody())
			.build(), HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).isIn(302, 401, 403);
		assertThat(node.cluster().calls()).isEmpty();
	}

	@Test
	void buttonsWorkForThoseWhoMayPressThem(@TempDir Path directory) {
		try (Chromium chromium = Chromium.start(directory)) {
			BrowserTab tab = chromium.tab();
			tab.screen(1100, 900, "light");
			logIn(tab, "operator");
			pause(tab);
			Awaitility.await().untilAsserted(() -> assertThat(tab.read("#outcome")).contains("Pause: done."));
			assertThat(node.cluster().calls()).hasSize(1);
			assertThat(tab.problems()).noneMatch((problem) -> problem.contains("/ha"));

			tab.send("Network.clearBrowserCookies", Map.of());
			pause(tab);
			Awaitility.await().untilAsserted(() -> assertThat(tab.read("#outcome")).contains("not logged in"));

			logIn(tab, "viewer");
			pause(tab);
			Awaitility.await().untilAsserted(() -> assertThat(tab.read("#outcome")).contains("not allowed"));
			assertThat(node.cluster().calls()).hasSize(1);
		}
	}

	@Test
	void lostLoginIsToldFromALackOfRightsWhenItIsLostBetweenTokenAndAction(@TempDir Path directory) {
		try (Chromium chromium = Chromium.start(directory)) {
			BrowserTab tab = chromium.tab();
			logIn(tab, "operator");
			tab.evaluate(
					"""
							const send = window.fetch;
							window.fetch = async (url, options) => {
								window.lost = window.lost || options.method === "POST";
								const response = await send(url, { ...options, credentials: window.lost ? "omit" : "same-origin" });
								window.refusedWith ??= window.lost ? response.status : undefined;
								return response;
							};
							""");
			pause(tab);
			Awaitility.await().untilAsserted(() -> assertThat(tab.read("#outcome")).contains("not logged in"));
			assertThat(tab.evaluate("window.refusedWith").asInt()).isEqualTo(403);
			assertThat(node.cluster().calls()).isEmpty();
		}
	}

	private static void logIn(BrowserTab tab, String user) {
		Story.tell(node);
		tab.open(node.url("/login").toString());
		tab.evaluate("document.querySelector('[name=username]').value = '" + user + "'");
		tab.evaluate("document.querySelector('[name=password]').value = 'password'");
		tab.evaluate("document.querySelector('form').submit()");
		Awaitility.await().until(() -> !tab.text("location.href").contains("/login"));
		tab.open(node.url("/ha").toString());
		Awaitility.await().untilAsserted(() -> assertThat(tab.read("#lede")).contains("a leads"));
	}

	private static void pause(BrowserTab tab) {
		tab.evaluate("document.querySelector('#pause').click()");
		tab.evaluate("document.querySelector('#dialog-confirm').click()");
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ SecurityAutoConfiguration.class, ServletWebSecurityAutoConfiguration.class,
			SecurityFilterAutoConfiguration.class })
	static class Secured {

		@Bean
		CsrfTokens csrfTokens() {
			return new SecurityCsrfTokens();
		}

		@Bean
		SecurityFilterChain security(HttpSecurity http) throws Exception {
			return http
				.authorizeHttpRequests((requests) -> requests.requestMatchers(HttpMethod.POST, "/ha/actions/**")
					.hasRole("OPERATOR")
					.anyRequest()
					.authenticated())
				.formLogin(Customizer.withDefaults())
				.build();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("operator").password("{noop}password").roles("OPERATOR").build(),
					User.withUsername("viewer").password("{noop}password").roles("VIEWER").build());
		}

	}

}
