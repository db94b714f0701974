package io.hacluster.autoconfigure.container;

import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.testcontainers.service.connection.ServiceConnection;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.testcontainers.containers.GenericContainer;

import io.hacluster.Leadership;
import io.hacluster.autoconfigure.NatsConnectionDetails;

/**
 * A node that has Testcontainers start its NATS server, as a user's tests would, in a
 * process of its own: beside the engine, whose network is not ours.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class NatsContainerNode {

	/**
	 * Says what the node has found, once it leads.
	 */
	public static void main(String[] args) {
		try (ConfigurableApplicationContext context = SpringApplication.from(NatsContainerNode::start)
			.with(Containers.class)
			.run(args)
			.getApplicationContext()) {
			NatsConnectionDetails details = context.getBean(NatsConnectionDetails.class);
			Awaitility.await().atMost(NatsContainerTests.PATIENCE).until(context.getBean(Leadership.class)::isLeader);
			System.out
				.println("LEADS " + details.getServers() + " " + details.getUsername() + " " + details.getToken());
		}
	}

	private static void start(String[] args) {
		SpringApplication.run(NatsContainerNode.class, args);
	}

	@Configuration(proxyBeanMethods = false)
	static class Containers {

		@Bean
		@ServiceConnection("nats")
		GenericContainer<?> nats(Environment environment) {
			return new GenericContainer<>("nats:test").withExposedPorts(4222)
				.withCommand(environment.getRequiredProperty("test.command").split(" "));
		}

	}

}
