package io.hacluster.autoconfigure;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import io.hacluster.Leadership;
import io.hacluster.event.DatabaseDivergedEvent;

/**
 * A node whose application writes what it reads from standard input, as a process of its
 * own that a test can kill.
 */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
class DivergingNode {

	final Queue<DatabaseDivergedEvent> events = new ConcurrentLinkedQueue<>();

	@EventListener
	void diverged(DatabaseDivergedEvent event) {
		this.events.add(event);
	}

	/**
	 * Returns the arguments of a node.
	 */
	static List<String> arguments(String name, Path directory, String nats, String... more) {
		List<String> arguments = new ArrayList<>(List.of("--ha.cluster.name=divergence", "--ha.cluster.node-id=" + name,
				"--ha.cluster.store=nats", "--ha.cluster.nats.servers=" + nats,
				"--ha.cluster.sqlite.path=" + directory.resolve("data.db"), "--ha.cluster.election.lease-duration=12s",
				"--ha.cluster.election.renew-interval=1s", "--spring.main.banner-mode=off"));
		arguments.addAll(List.of(more));
		return arguments;
	}

	/**
	 * Reads lines of SQL and answers each with a line, once this node leads.
	 */
	public static void main(String[] args) throws Exception {
		ConfigurableApplicationContext context = SpringApplication.run(DivergingNode.class, args);
		Leadership leadership = context.getBean(Leadership.class);
		Awaitility.await().atMost(DivergenceProcessTests.PATIENCE).until(leadership::isLeader);
		String path = context.getEnvironment().getRequiredProperty("ha.cluster.sqlite.path");
		try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + path);
				Statement statement = connection.createStatement();
				BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
			for (String line = in.readLine(); line != null; line = in.readLine()) {
				statement.execute(line);
				System.out.println("COMMITTED");
			}
		}
	}

}
