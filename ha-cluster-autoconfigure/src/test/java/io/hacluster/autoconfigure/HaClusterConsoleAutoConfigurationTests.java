package io.hacluster.autoconfigure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mockito.Mockito;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.convert.ApplicationConversionService;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.servlet.DispatcherServlet;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.console.Console;
import io.hacluster.console.ConsoleAccess;
import io.hacluster.console.CsrfTokens;
import io.hacluster.console.FakeCluster;
import io.hacluster.console.SecurityCsrfTokens;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.lifecycle.StepObserver;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When there is a page, and what those who see it may do.
 */
class HaClusterConsoleAutoConfigurationTests {

	private static final String ON = "ha.cluster.console.enabled=true";

	private final WebApplicationContextRunner runner = configure(new WebApplicationContextRunner());

	private static <R extends AbstractApplicationContextRunner<R, ?, ?>> R configure(R runner) {
		return runner
			.withConfiguration(
					AutoConfigurations.of(EndpointAutoConfiguration.class, HaClusterConsoleAutoConfiguration.class))
			.withBean(FakeCluster.class)
			.withBean(ClusterLifecycle.class, () -> Mockito.mock(ClusterLifecycle.class))
			.withBean(NodeIdentity.class, () -> new NodeIdentity("orders", new NodeId("b"), "nonce"));
	}

	@Test
	void pageIsOffByDefault() {
		this.runner.run((context) -> assertThat(context).hasNotFailed()
			.doesNotHaveBean(Console.class)
			.doesNotHaveBean(StepObserver.class));
	}

	@Test
	void pageIsThereWhenEnabled() {
		this.runner.withPropertyValues(ON)
			.run((context) -> assertThat(context).hasSingleBean(Console.class)
				.hasBean("haClusterConsoleHandlerMapping")
				.doesNotHaveBean("haClusterConsoleMissing")
				.hasSingleBean(StepObserver.class));
	}

	@Test
	void pageIsIgnoredWithoutServlets() {
		configure(new ApplicationContextRunner()).withPropertyValues(ON)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Console.class)
				.hasBean("haClusterConsoleMissing"));
		configure(new ReactiveWebApplicationContextRunner()).withPropertyValues(ON)
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Console.class)
				.hasBean("haClusterConsoleMissing"));
		this.runner.withPropertyValues(ON)
			.withClassLoader(new FilteredClassLoader(DispatcherServlet.class))
			.run((context) -> assertThat(context).hasNotFailed()
				.doesNotHaveBean(Console.class)
				.hasBean("haClusterConsoleMissing"));
	}

	@ParameterizedTest
	@CsvSource({ ",,READ_ONLY", "leader,,READ_ONLY", "leader,READ_ONLY,READ_ONLY", "leader,UNRESTRICTED,UNRESTRICTED",
			"health,UNRESTRICTED,READ_ONLY", "leader,NONE,NONE", "health,NONE,NONE" })
	void pageObeysTheEndpoint(String exposed, String access, ConsoleAccess expected) {
		this.runner
			.withPropertyValues(ON, (exposed != null) ? "management.endpoints.web.exposure.include=" + exposed : "x=y",
					(access != null) ? "management.endpoint.leader.access=" + access : "x=y")
			.run((context) -> assertThat(context.getBean(ConsoleAccess.class)).isEqualTo(expected));
	}

	@ParameterizedTest
	@CsvSource({ "9090,UNRESTRICTED,,READ_ONLY", "-1,UNRESTRICTED,,READ_ONLY", "8080,UNRESTRICTED,,UNRESTRICTED",
			"9090,NONE,,NONE", "9090,UNRESTRICTED,unrestricted,UNRESTRICTED", "8080,UNRESTRICTED,read-only,READ_ONLY",
			"8080,UNRESTRICTED,none,NONE", "8080,READ_ONLY,unrestricted,UNRESTRICTED" })
	void portOfActuatorIsNotBypassedUnlessThatIsAskedFor(String port, String endpoint, String page,
			ConsoleAccess expected) {
		this.runner
			.withPropertyValues(ON, "server.port=8080", "management.server.port=" + port,
					"management.endpoints.web.exposure.include=leader", "management.endpoint.leader.access=" + endpoint,
					(page != null) ? "ha.cluster.console.access=" + page : "x=y")
			.run((context) -> assertThat(context.getBean(ConsoleAccess.class)).isEqualTo(expected));
	}

	@ParameterizedTest
	@CsvSource({ "read-only,unrestricted,READ_ONLY", "read_only,UNRESTRICTED,READ_ONLY", "NONE,unrestricted,NONE",
			"none,read-only,NONE", "unrestricted,unrestricted,UNRESTRICTED", "unrestricted,read-only,READ_ONLY",
			"read-only,none,NONE", "read-only,,READ_ONLY", "none,,NONE" })
	void pageIsNeverPermittedMoreThanAnyEndpoint(String limit, String page, ConsoleAccess expected) {
		this.runner.withInitializer(HaClusterConsoleAutoConfigurationTests::convertAsApplicationsDo)
			.withPropertyValues(ON, "management.endpoints.access.max-permitted=" + limit,
					"management.endpoints.web.exposure.include=leader",
					"management.endpoint.leader.access=unrestricted",
					(page != null) ? "ha.cluster.console.access=" + page : "x=y")
			.run((context) -> assertThat(context.getBean(ConsoleAccess.class)).isEqualTo(expected));
	}

	private static void convertAsApplicationsDo(ConfigurableApplicationContext context) {
		context.getEnvironment().setConversionService(new ApplicationConversionService());
	}

	@Test
	void pageWithoutActuatorIsForLooking() {
		this.runner.withPropertyValues(ON)
			.withClassLoader(new FilteredClassLoader(EndpointAccessResolver.class))
			.run((context) -> assertThat(context).hasSingleBean(Console.class).doesNotHaveBean(ConsoleAccess.class));
		this.runner.withPropertyValues(ON, "ha.cluster.console.access=unrestricted")
			.withClassLoader(new FilteredClassLoader(EndpointAccessResolver.class))
			.run((context) -> assertThat(context.getBean(ConsoleAccess.class)).isEqualTo(ConsoleAccess.UNRESTRICTED));
	}

	@Test
	void tokensAreTakenFromSpringSecurityIfItIsThere() {
		this.runner.withPropertyValues(ON)
			.run((context) -> assertThat(context.getBean(CsrfTokens.class)).isInstanceOf(SecurityCsrfTokens.class));
		this.runner.withPropertyValues(ON)
			.withClassLoader(new FilteredClassLoader(CsrfToken.class))
			.run((context) -> assertThat(context).hasSingleBean(Console.class).doesNotHaveBean(CsrfTokens.class));
	}

}
