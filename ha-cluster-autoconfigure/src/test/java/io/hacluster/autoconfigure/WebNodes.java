package io.hacluster.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

import io.hacluster.Leadership;
import io.hacluster.test.ProjectFile;

/**
 * Nodes of one cluster with everything that Spring Boot brings, configured as the
 * examples for HAProxy and Kubernetes have it.
 */
final class WebNodes implements AutoCloseable {

	private final HttpClient client = HttpClient.newHttpClient();

	private final Map<String, ConfigurableApplicationContext> contexts = new LinkedHashMap<>();

	private final Path directory;

	WebNodes(Path directory) {
		this.directory = directory;
	}

	/**
	 * Starts a node.
	 */
	ConfigurableApplicationContext start(String id, String... properties) throws IOException {
		List<String> arguments = new ArrayList<>(List.of(properties));
		arguments.addAll(List.of("--server.port=0", "--ha.cluster.name=test", "--ha.cluster.node-id=" + id,
				"--ha.cluster.store=local", "--ha.cluster.local.directory=" + this.directory.resolve("store"),
				"--ha.cluster.election.lease-duration=60s", "--ha.cluster.election.renew-interval=2s",
				"--ha.cluster.sqlite.path=" + Files.createDirectories(this.directory.resolve(id)).resolve("data.db"),
				"--spring.config.additional-location=file:" + ProjectFile.path("docs/traffic/application.yml")));
		ConfigurableApplicationContext context = SpringApplication.run(Application.class,
				arguments.toArray(String[]::new));
		this.contexts.put(id, context);
		return context;
	}

	ConfigurableApplicationContext context(String id) {
		return this.contexts.get(id);
	}

	void awaitLeader(String id) {
		Awaitility.await().until(context(id).getBean(Leadership.class)::isLeader);
	}

	int port(String id) {
		return Integer.parseInt(context(id).getEnvironment().getRequiredProperty("local.server.port"));
	}

	int status(String id, String method, String path) {
		return send(method, "http://127.0.0.1:" + port(id) + path).statusCode();
	}

	String get(String id, String path) {
		return send("GET", "http://127.0.0.1:" + port(id) + path).body();
	}

	HttpResponse<String> send(String method, String url) {
		try {
			HttpRequest request = HttpRequest.newBuilder(URI.create(url))
				.timeout(Duration.ofSeconds(30))
				.method(method, HttpRequest.BodyPublishers.noBody())
				.build();
			return this.client.send(request, HttpResponse.BodyHandlers.ofString());
		}
		catch (IOException ex) {
			throw new AssertionError(method + " " + url, ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new AssertionError(ex);
		}
	}

	@Override
	public void close() {
		this.contexts.values().forEach(ConfigurableApplicationContext::close);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
