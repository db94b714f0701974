package io.hacluster.console;

import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.web.servlet.handler.SimpleUrlHandlerMapping;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;

/**
 * A web server with the page of node {@code b} of a {@link FakeCluster}.
 */
final class FakeNode implements AutoCloseable {

	private final ConfigurableApplicationContext context;

	private final int port;

	private FakeNode(ConfigurableApplicationContext context) {
		this.context = context;
		this.port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	static FakeNode start(ConsoleAccess access, String... properties) {
		return start(List.of(Application.class), access, properties);
	}

	static FakeNode start(List<Class<?>> sources, ConsoleAccess access, String... properties) {
		SpringApplication application = new SpringApplication(sources.toArray(Class[]::new));
		application.setDefaultProperties(Map.of("server.port", "0", "test.access", access));
		return new FakeNode(application.run(properties));
	}

	FakeCluster cluster() {
		return this.context.getBean(FakeCluster.class);
	}

	TransitionBoard board() {
		return this.context.getBean(TransitionBoard.class);
	}

	LagHistory lag() {
		return this.context.getBean(LagHistory.class);
	}

	Console console() {
		return this.context.getBean(Console.class);
	}

	int port() {
		return this.port;
	}

	URI url(String path) {
		return URI.create("http://127.0.0.1:" + this.port + path);
	}

	@Override
	public void close() {
		this.context.close();
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
		LagHistory lag() {
			return new LagHistory();
		}

		@Bean
		Console console(FakeCluster cluster, TransitionBoard board, LagHistory lag, ObjectProvider<CsrfTokens> csrf,
				Environment environment) {
			return new Console(new NodeIdentity("orders", new NodeId("b"), "nonce"), cluster, cluster, cluster, board,
					lag, environment.getRequiredProperty("test.access", ConsoleAccess.class),
					csrf.getIfAvailable(() -> CsrfTokens.NONE), Clock.systemUTC());
		}

		@Bean
		SimpleUrlHandlerMapping mapping(Console console) {
			return new SimpleUrlHandlerMapping(Map.of("/ha", console.handler(), "/ha/**", console.handler()), -90);
		}

	}

}
