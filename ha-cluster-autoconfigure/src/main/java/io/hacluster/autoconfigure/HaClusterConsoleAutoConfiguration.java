package io.hacluster.autoconfigure;

import java.time.Clock;
import java.util.Map;

import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.autoconfigure.endpoint.expose.EndpointExposure;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.EndpointAccessResolver;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication.Type;
import org.springframework.boot.autoconfigure.condition.NoneNestedConditions;
import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

import io.hacluster.NodeIdentity;
import io.hacluster.actuate.LeaderEndpoint;
import io.hacluster.console.Console;
import io.hacluster.console.ConsoleAccess;
import io.hacluster.console.CsrfTokens;
import io.hacluster.console.SecurityCsrfTokens;
import io.hacluster.console.TransitionBoard;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.member.Members;
import io.hacluster.member.TermHistory;
import io.hacluster.operation.ClusterOperations;

/**
 * Auto-configuration of the page that shows the cluster.
 */
@AutoConfiguration(after = HaClusterAutoConfiguration.class,
		afterName = "org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration")
@ConditionalOnBooleanProperty("ha.cluster.console.enabled")
@ConditionalOnBean(ClusterLifecycle.class)
@ImportRuntimeHints(ConsoleRuntimeHints.class)
public final class HaClusterConsoleAutoConfiguration {

	private static final String ACCESS = "ha.cluster.console.access";

	private static final String MAX_PERMITTED = "management.endpoints.access.max-permitted";

	/**
	 * The page needs Spring MVC.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass(DispatcherServlet.class)
	static final class ServletConfiguration {

		/**
		 * Before the application's own mappings, which may take every path; after those
		 * of Actuator.
		 */
		private static final int ORDER = -90;

		@Bean
		static LazyInitializationExcludeFilter haClusterConsoleLazyInitializationExcludeFilter() {
			return LazyInitializationExcludeFilter.forBeanTypes(Console.class);
		}

		@Bean
		TransitionBoard haClusterConsoleTransitionBoard() {
			return new TransitionBoard(Clock.systemUTC());
		}

		@Bean
		Console haClusterConsole(NodeIdentity identity, Members members, TermHistory history,
				ClusterOperations operations, TransitionBoard board, ObjectProvider<ConsoleAccess> access,
				ObjectProvider<CsrfTokens> csrfTokens) {
			return new Console(identity, members, history, operations, board,
					access.getIfAvailable(() -> ConsoleAccess.READ_ONLY),
					csrfTokens.getIfAvailable(() -> CsrfTokens.NONE), Clock.systemUTC());
		}

		@Bean
		SimpleUrlHandlerMapping haClusterConsoleHandlerMapping(Console console) {
			return new SimpleUrlHandlerMapping(
					Map.of(Console.PATH, console.handler(), Console.PATH + "/**", console.handler()), ORDER);
		}

	}

	/**
	 * What the property says, before anything else does, but no more than any endpoint
	 * may permit. That limit is for what must hold whatever else is configured.
	 */
	@Order(0)
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnProperty(ACCESS)
	static final class ExplicitAccessConfiguration {

		@Bean
		ConsoleAccess haClusterConsoleAccessAsConfigured(Environment environment) {
			ConsoleAccess access = access(environment, ACCESS, ConsoleAccess.READ_ONLY);
			// Its values have the same names
			ConsoleAccess limit = access(environment, MAX_PERMITTED, ConsoleAccess.UNRESTRICTED);
			return (access.compareTo(limit) < 0) ? access : limit;
		}

		private static ConsoleAccess access(Environment environment, String property, ConsoleAccess otherwise) {
			BindResult<ConsoleAccess> access = Binder.get(environment).bind(property, ConsoleAccess.class);
			return access.isBound() ? access.get() : otherwise;
		}

	}

	/**
	 * The page obeys the access to the endpoint. Without Actuator there is none, and the
	 * page is for looking only.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass({ EndpointAccessResolver.class, ConditionalOnAvailableEndpoint.class })
	static final class AccessConfiguration {

		@Bean
		@ConditionalOnMissingBean(ConsoleAccess.class)
		@ConditionalOnAvailableEndpoint(endpoint = LeaderEndpoint.class, exposure = EndpointExposure.WEB)
		ConsoleAccess haClusterConsoleAccess(EndpointAccessResolver resolver, Environment environment) {
			ConsoleAccess access = access(resolver);
			// Whoever keeps Actuator off the port of the application does not want it
			// written to from there
			boolean confined = ManagementPortType.get(environment) != ManagementPortType.SAME;
			return (confined && access == ConsoleAccess.UNRESTRICTED) ? ConsoleAccess.READ_ONLY : access;
		}

		/**
		 * An endpoint that is not exposed over the web is not to be written to over the
		 * web; one that nobody may read is not to be read on the page either.
		 */
		@Bean
		@ConditionalOnMissingBean(ConsoleAccess.class)
		ConsoleAccess haClusterConsoleAccessWithoutEndpoint(EndpointAccessResolver resolver) {
			return access(resolver).compareTo(ConsoleAccess.READ_ONLY) < 0 ? ConsoleAccess.NONE
					: ConsoleAccess.READ_ONLY;
		}

		private static ConsoleAccess access(EndpointAccessResolver resolver) {
			return switch (resolver.accessFor(EndpointId.of("leader"), Access.READ_ONLY)) {
				case NONE -> ConsoleAccess.NONE;
				case READ_ONLY -> ConsoleAccess.READ_ONLY;
				case UNRESTRICTED -> ConsoleAccess.UNRESTRICTED;
			};
		}

	}

	/**
	 * Spring Security refuses what is posted without its token.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = Type.SERVLET)
	@ConditionalOnClass(CsrfToken.class)
	static final class SecurityConfiguration {

		@Bean
		CsrfTokens haClusterConsoleCsrfTokens() {
			return new SecurityCsrfTokens();
		}

	}

	/**
	 * Says why there is no page.
	 */
	@Configuration(proxyBeanMethods = false)
	@Conditional(OnMissingServletCondition.class)
	static final class MissingConfiguration {

		@Bean
		InitializingBean haClusterConsoleMissing(NodeIdentity identity) {
			return () -> LoggerFactory.getLogger(Console.class)
				.warn("[{}] 'ha.cluster.console.enabled' is ignored: the page needs a servlet web application, such as "
						+ "one with spring-boot-starter-webmvc", identity);
		}

	}

	/**
	 * Matches where {@link ServletConfiguration} does not.
	 */
	static final class OnMissingServletCondition extends NoneNestedConditions {

		OnMissingServletCondition() {
			super(ConfigurationPhase.REGISTER_BEAN);
		}

		@ConditionalOnWebApplication(type = Type.SERVLET)
		@ConditionalOnClass(DispatcherServlet.class)
		static final class OnServlet {

		}

	}

}
