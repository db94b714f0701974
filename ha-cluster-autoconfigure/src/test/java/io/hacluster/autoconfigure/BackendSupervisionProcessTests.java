package io.hacluster.autoconfigure;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

import com.sun.net.httpserver.HttpServer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import io.hacluster.Leadership;
import io.hacluster.actuate.HaClusterHealthIndicator;
import io.hacluster.event.BackendFailedEvent;
import io.hacluster.event.BackendRestartedEvent;
import io.hacluster.lifecycle.BackendStatus;
import io.hacluster.lifecycle.BackendStatus.State;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.test.Leftovers;
import io.hacluster.test.ProjectScript;
import io.hacluster.test.SqliteShell;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whole applications with real processes as their backends, which write a row to the
 * replicated database each time they are started.
 */
@ExtendWith(Leftovers.class)
class BackendSupervisionProcessTests {

	private static final Duration PATIENCE = Duration.ofSeconds(120);

	/**
	 * What the backend does, in the directory of its node: it says something and ends if
	 * it finds the file "crash", and is cured of being "sick" by being started.
	 */
	private static final String SERVICE = """
			echo $$ > pid
			"$1" data.db "PRAGMA busy_timeout=10000; PRAGMA journal_mode=WAL;
				CREATE TABLE IF NOT EXISTS life (node TEXT); INSERT INTO life VALUES ('$2');"
			if [ -e crash ]; then echo 'no space left'; exit 3; fi
			if [ -e stubborn ]; then trap '' TERM; fi
			rm -f sick
			while :; do sleep 0.1; done
			""";

	private final List<ConfigurableApplicationContext> contexts = new ArrayList<>();

	private HttpServer health;

	@TempDir
	Path directory;

	@BeforeEach
	void serveHealth() throws IOException {
		this.health = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.health.createContext("/", (exchange) -> {
			boolean sick = Files
				.exists(this.directory.resolve(exchange.getRequestURI().getPath().substring(1) + "/sick"));
			exchange.sendResponseHeaders(sick ? 503 : 200, -1);
			exchange.close();
		});
		this.health.start();
	}

	@AfterEach
	void close() {
		this.contexts.forEach(ConfigurableApplicationContext::close);
		this.health.stop(0);
	}

	@Test
	void crashLoopOnOneNodeMovesTheLeadershipToTheOtherWithAllThatWasWritten() throws IOException {
		// Peer defects 12 and 23.
		ConfigurableApplicationContext first = node("a", "backend.supervision.max-restarts=2",
				"backend.supervision.backoff=100ms", "backend.supervision.cooling=10m");
		awaitLeader(first);
		ConfigurableApplicationContext second = node("b");
		await().until(() -> leadership(second).leader().isPresent());
		Files.createFile(this.directory.resolve("a/crash"));
		kill("a");
		awaitLeader(second);
		await().until(() -> backend(first).state() == State.STOPPED);
		assertThat(backend(first).coolingUntil()).isNotNull();
		assertThat(backend(first).lastFailure().message()).contains("exited with code 3", "no space left");
		assertThat(backend(first).totals()).isEqualTo(new BackendStatus.Totals(3, 3, 2));
		assertThat(health(first).getDetails().get("backend").toString()).contains("no space left", "coolingUntil");
		assertThat(first.getBean(MeterRegistry.class).get("ha.cluster.backend.restarts").functionCounter().count())
			.isEqualTo(2);
		await().until(() -> first.getBean(Application.class).events.stream()
			.filter(BackendFailedEvent.class::isInstance)
			.count() == 3);
		// The first start and both restarts: the replication outlasted the service.
		await().untilAsserted(() -> assertThat(rows("b")).containsExactly("a", "a", "a", "b"));
		assertThat(leadership(first).isLeader()).isFalse();
	}

	@Test
	void singleNodeComesBackByItselfAfterTheCooling() throws IOException {
		ConfigurableApplicationContext node = node("a", "backend.supervision.max-restarts=0",
				"backend.supervision.cooling=3s", "election.lease-duration=3s", "election.renew-interval=300ms");
		awaitLeader(node);
		long epoch = leadership(node).epoch().value();
		Files.createFile(this.directory.resolve("a/crash"));
		kill("a");
		await().until(() -> backend(node).coolingUntil() != null);
		await().until(() -> backend(node).totals().starts() > 1);
		Files.delete(this.directory.resolve("a/crash"));
		await().until(() -> leadership(node).isLeader() && leadership(node).epoch().value() > epoch);
		assertThat(health(node).getStatus()).isEqualTo(Status.UP);
	}

	@Test
	void backendThatIsUnhealthyAndDoesNotStopIsKilledAndRestartedHere() throws IOException {
		// Peer defect 11: a restart that made the stop hang.
		Files.createDirectories(this.directory.resolve("a"));
		Files.createFile(this.directory.resolve("a/stubborn"));
		ConfigurableApplicationContext node = node("a", "backend.supervision.failures-before-restart=2");
		awaitLeader(node);
		long epoch = leadership(node).epoch().value();
		String pid = Files.readString(this.directory.resolve("a/pid")).strip();
		Files.createFile(this.directory.resolve("a/sick"));
		await().until(() -> node.getBean(Application.class).events.stream()
			.anyMatch(BackendRestartedEvent.class::isInstance));
		assertThat(backend(node).lastFailure().message()).contains("is not healthy", "503");
		assertThat(ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive)).isNotEqualTo(Optional.of(true));
		assertThat(leadership(node).epoch().value()).isEqualTo(epoch);
		await().untilAsserted(() -> assertThat(rows("a")).containsExactly("a", "a"));
	}

	private ConfigurableApplicationContext node(String name, String... more) throws IOException {
		Path home = Files.createDirectories(this.directory.resolve(name));
		Map<String, String> properties = new LinkedHashMap<>();
		Stream
			.concat(Stream.of("name=supervision", "node-id=" + name, "store=local",
					"local.directory=" + this.directory.resolve("store"), "sqlite.path=" + home.resolve("data.db"),
					"election.lease-duration=10s", "election.renew-interval=500ms", "backend.type=process",
					"backend.process.command[0]=/bin/sh", "backend.process.command[1]=-c",
					"backend.process.command[2]=" + SERVICE, "backend.process.command[3]=service",
					"backend.process.command[4]=" + ProjectScript.path("litestream", "sqlite3"),
					"backend.process.command[5]=" + name, "backend.process.directory=" + home,
					"backend.health.url=http://localhost:" + this.health.getAddress().getPort() + "/" + name,
					"backend.health.interval=200ms", "backend.stop-timeout=1s"), Stream.of(more))
			.map((property) -> property.split("=", 2))
			.forEach((property) -> properties.put(property[0], property[1]));
		ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
			.web(WebApplicationType.NONE)
			.run(properties.entrySet().stream().map((property) -> "--ha.cluster." + property).toArray(String[]::new));
		this.contexts.add(context);
		return context;
	}

	private void kill(String name) throws IOException {
		long pid = Long.parseLong(Files.readString(this.directory.resolve(name).resolve("pid")).strip());
		ProcessHandle.of(pid).orElseThrow().destroyForcibly();
	}

	private List<String> rows(String name) {
		try (SqliteShell shell = SqliteShell.open(this.directory.resolve(name).resolve("data.db"))) {
			return shell.run("SELECT node FROM life ORDER BY rowid;");
		}
	}

	private static void awaitLeader(ConfigurableApplicationContext context) {
		await().until(() -> leadership(context).isLeader());
	}

	private static Leadership leadership(ConfigurableApplicationContext context) {
		return context.getBean(Leadership.class);
	}

	private static BackendStatus backend(ConfigurableApplicationContext context) {
		return context.getBean(ClusterLifecycle.class).status().backend();
	}

	private static Health health(ConfigurableApplicationContext context) {
		return context.getBean(HaClusterHealthIndicator.class).health();
	}

	private static ConditionFactory await() {
		return Awaitility.await().atMost(PATIENCE);
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		final Queue<Object> events = new ConcurrentLinkedQueue<>();

		@Bean
		MeterRegistry registry() {
			return new SimpleMeterRegistry();
		}

		@EventListener
		void failed(BackendFailedEvent event) {
			this.events.add(event);
		}

		@EventListener
		void restarted(BackendRestartedEvent event) {
			this.events.add(event);
		}

	}

}
