package io.hacluster.actuate;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.security.autoconfigure.actuate.web.servlet.EndpointRequest;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

import io.hacluster.operation.RecordingOperations;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The endpoint where Spring Security is present.
 */
class LeaderEndpointSecurityTests {

	private static final String ON = "--spring.autoconfigure.exclude=";

	private static final String STEP_DOWN = "{\"action\":\"step-down\"}";

	@Test
	void nothingIsAnsweredToStrangersUnlessConfigured() throws Exception {
		try (ConfigurableApplicationContext context = LeaderEndpointApplication.run(WebApplicationType.SERVLET, ON,
				"--spring.security.user.password=secret", "--management.endpoint.leader.access=unrestricted")) {
			for (String path : List.of("", "/cluster", "/history", "/primary", "/replica")) {
				for (String method : List.of("GET", "HEAD", "OPTIONS")) {
					assertThat(send(context, method, path, "", "")).as(method + " " + path).isEqualTo(401);
				}
			}
			assertThat(send(context, "GET", "/primary", "user:secret", "")).isEqualTo(200);
			assertThat(send(context, "OPTIONS", "/replica", "user:secret", "")).isEqualTo(503);
			// Without the token against cross-site requests; what shows the error is
			// secured, too
			assertThat(send(context, "POST", "", "user:secret", STEP_DOWN)).isIn(401, 403);
			assertThat(context.getBean(RecordingOperations.class).calls()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "--spring.main.banner-mode=off", "--management.server.port=0" })
	void rolesAndRoleChecksCanBeSecuredApart(String place) throws Exception {
		try (ConfigurableApplicationContext context = LeaderEndpointApplication.run(
				List.of(LeaderEndpointApplication.class, EndpointSecurity.class), WebApplicationType.SERVLET, ON, place,
				"--management.endpoint.leader.access=unrestricted")) {
			for (String method : List.of("GET", "HEAD", "OPTIONS")) {
				assertThat(send(context, method, "/primary", "", "")).isEqualTo(200);
				assertThat(send(context, method, "/replica", "", "")).isEqualTo(503);
				assertThat(send(context, method, "/cluster", "", "")).isEqualTo(401);
				assertThat(send(context, method, "", "", "")).isEqualTo(401);
			}
			assertThat(send(context, "GET", "/cluster", "viewer:v", "")).isEqualTo(200);
			assertThat(send(context, "POST", "", "", STEP_DOWN)).isEqualTo(401);
			assertThat(send(context, "POST", "", "viewer:v", STEP_DOWN)).isEqualTo(403);
			assertThat(context.getBean(RecordingOperations.class).calls()).isEmpty();
			assertThat(send(context, "POST", "", "operator:o", STEP_DOWN)).isEqualTo(200);
			assertThat(context.getBean(RecordingOperations.class).calls()).containsExactly("step-down");
		}
	}

	@Test
	void roleDoesNotReplaceAccess() throws Exception {
		try (ConfigurableApplicationContext context = LeaderEndpointApplication
			.run(List.of(LeaderEndpointApplication.class, EndpointSecurity.class), WebApplicationType.SERVLET, ON)) {
			assertThat(send(context, "POST", "", "operator:o", STEP_DOWN)).isEqualTo(405);
			assertThat(context.getBean(RecordingOperations.class).calls()).isEmpty();
		}
	}

	private static int send(ConfigurableApplicationContext context, String method, String path, String user,
			String body) throws Exception {
		HttpRequest.Builder request = HttpRequest
			.newBuilder(URI.create(LeaderEndpointApplication.url(context) + "/actuator/leader" + path))
			.header("Content-Type", "application/json")
			.method(method, HttpRequest.BodyPublishers.ofString(body));
		if (!user.isEmpty()) {
			request.header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
		}
		return LeaderEndpointApplication.CLIENT.send(request.build(), HttpResponse.BodyHandlers.discarding())
			.statusCode();
	}

	/**
	 * What docs/operations.md shows.
	 */
	@Configuration(proxyBeanMethods = false)
	static class EndpointSecurity {

		@Bean
		SecurityFilterChain leaderEndpointSecurity(HttpSecurity http) {
			return http.securityMatcher(EndpointRequest.to("leader"))
				.authorizeHttpRequests(
						(requests) -> requests.requestMatchers("/actuator/leader/primary", "/actuator/leader/replica")
							.permitAll()
							.requestMatchers(HttpMethod.POST)
							.hasRole("OPERATOR")
							.anyRequest()
							.hasAnyRole("VIEWER", "OPERATOR"))
				.httpBasic(Customizer.withDefaults())
				.csrf((csrf) -> csrf.ignoringRequestMatchers(EndpointRequest.to("leader")))
				.build();
		}

		@Bean
		UserDetailsService users() {
			return new InMemoryUserDetailsManager(
					User.withUsername("viewer").password("{noop}v").roles("VIEWER").build(),
					User.withUsername("operator").password("{noop}o").roles("OPERATOR").build());
		}

	}

}
