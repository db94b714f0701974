package io.hacluster.autoconfigure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;

import io.hacluster.Leadership;
import io.hacluster.test.FreePort;
import io.hacluster.test.ProjectFile;
import io.hacluster.test.ProjectScript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The documented ways to bring traffic to the leader, against a leader and a follower:
 * the health groups, the probes of Kubernetes, and a real HAProxy.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TrafficTests {

	private static final String LEADER = "/actuator/health/leader";

	@TempDir
	static Path directory;

	private static WebNodes nodes;

	@BeforeAll
	static void start() throws IOException {
		nodes = new WebNodes(directory);
		nodes.start("a");
		nodes.awaitLeader("a");
		nodes.start("b");
		await().untilAsserted(() -> assertThat(nodes.get("b", "/actuator/leader")).contains("\"nodeId\":\"a\""));
	}

	@AfterAll
	static void close() {
		nodes.close();
	}

	@Test
	@Order(1)
	void groupOfTheLeaderIsUpOnTheLeaderOnly() {
		for (String method : List.of("GET", "HEAD")) {
			assertThat(nodes.status("a", method, LEADER)).as(method).isEqualTo(200);
			assertThat(nodes.status("b", method, LEADER)).as(method).isEqualTo(503);
		}
		assertThat(nodes.status("a", "GET", "/actuator/health/readiness")).isEqualTo(200);
		assertThat(nodes.status("b", "GET", "/actuator/health/readiness")).isEqualTo(503);
	}

	@Test
	@Order(1)
	void followerIsWell() {
		assertThat(nodes.get("b", "/actuator/health")).contains("\"status\":\"UP\"");
		assertThat(nodes.status("b", "GET", "/actuator/health/liveness")).isEqualTo(200);
		assertThat(nodes.status("b", "GET", "/actuator/health/node")).isEqualTo(200);
	}

	@Test
	@Order(1)
	void stateIsSeenInGroupsOnly() throws IOException {
		try (WebNodes open = new WebNodes(directory.resolve("open"))) {
			open.start("c", "--management.endpoint.health.show-components=always");
			await().untilAsserted(() -> assertThat(open.get("c", "/actuator/health")).contains("\"haCluster\":{")
				.contains("\"groups\":[\"leader\"")
				.doesNotContain("leadershipState"));
			assertThat(open.get("c", LEADER)).contains("\"leadershipState\":{");
			assertThat(open.status("c", "GET", "/actuator/health/leadershipState")).isEqualTo(404);
		}
	}

	@Test
	@Order(1)
	void probesOfKubernetesAnswerAsTheyAreMeantTo() {
		Map<String, Object> container = container();
		assertThat(probe(container, "startupProbe")).containsExactly(200, 200);
		assertThat(probe(container, "livenessProbe")).containsExactly(200, 200);
		assertThat(probe(container, "readinessProbe")).containsExactly(200, 503);
	}

	@Test
	@Order(1)
	void configurationOfKubernetesIsTheDocumentedOne() {
		Map<String, Object> pod = new Yaml().load(at(manifest("ConfigMap"), "data", "application.yml").toString());
		Map<String, Object> documented = new Yaml().load(ProjectFile.read("docs/traffic/application.yml"));
		assertThat(pod).containsAllEntriesOf(documented);
		Object port = at(pod, "server", "port");
		assertThat(at(container(), "ports")).asInstanceOf(InstanceOfAssertFactories.LIST)
			.anySatisfy((it) -> assertThat(it).isEqualTo(Map.of("name", "http", "containerPort", port)));
		assertThat(at(manifest("StatefulSet"), "spec", "podManagementPolicy")).isEqualTo("Parallel");
		assertThat(at(manifest("StatefulSet"), "spec", "updateStrategy", "type")).isEqualTo("OnDelete");
	}

	@Test
	@Order(2)
	void haproxyLeadsToTheLeaderAndMovesWithIt() throws Exception {
		int port = FreePort.find();
		Path configuration = Files.writeString(directory.resolve("haproxy.cfg"),
				ProjectFile.read("docs/traffic/haproxy.cfg")
					.replace("bind :8000", "bind 127.0.0.1:" + port)
					.replace("10.0.0.1:8080", "127.0.0.1:" + nodes.port("a"))
					.replace("10.0.0.2:8080", "127.0.0.1:" + nodes.port("b")));
		Path log = directory.resolve("haproxy.log");
		Process haproxy = new ProcessBuilder(ProjectScript.path("haproxy").toString(), "-db", "-f",
				configuration.toString())
			.redirectErrorStream(true)
			.redirectOutput(log.toFile())
			.start();
		try {
			String url = "http://127.0.0.1:" + port + "/actuator/leader";
			await().untilAsserted(() -> assertThat(served(url)).contains("\"nodeId\":\"a\",\"role\""));
			// The follower has been asked by now, and found to be none
			await().untilAsserted(() -> assertThat(Files.readString(log)).contains("leader/node-b is DOWN"));
			for (int i = 0; i < 10; i++) {
				assertThat(served(url)).contains("\"nodeId\":\"a\",\"role\"");
			}
			nodes.context("a").getBean(Leadership.class).stepDown();
			nodes.awaitLeader("b");
			await().untilAsserted(() -> assertThat(served(url)).contains("\"nodeId\":\"b\",\"role\""));
			await().untilAsserted(() -> assertThat(Files.readString(log)).contains("leader/node-a is DOWN"));
		}
		finally {
			haproxy.destroyForcibly();
			haproxy.waitFor();
		}
	}

	private static String served(String url) {
		return nodes.send("GET", url).body();
	}

	private static List<Integer> probe(Map<String, Object> container, String name) {
		assertThat(at(container, name, "httpGet", "port")).isEqualTo("http");
		String path = at(container, name, "httpGet", "path").toString();
		return Stream.of("a", "b").map((node) -> nodes.status(node, "GET", path)).toList();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> container() {
		return ((List<Map<String, Object>>) at(manifest("StatefulSet"), "spec", "template", "spec", "containers"))
			.get(0);
	}

	private static Map<String, Object> manifest(String kind) {
		Iterable<Object> documents = new Yaml().loadAll(ProjectFile.read("docs/traffic/kubernetes.yaml"));
		return StreamSupport.stream(documents.spliterator(), false)
			.map(TrafficTests::map)
			.filter((document) -> document.get("kind").equals(kind))
			.findFirst()
			.orElseThrow();
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> map(Object value) {
		return (Map<String, Object>) value;
	}

	private static Object at(Object value, String... path) {
		Object at = value;
		for (String name : path) {
			at = map(at).get(name);
			assertThat(at).as(String.join(".", path)).isNotNull();
		}
		return at;
	}

}
