package io.hacluster.autoconfigure;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.json.JsonParserFactory;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.ClassPathResource;
import org.springframework.util.unit.DataSize;

import io.hacluster.backend.StopSignal;
import io.hacluster.backend.docker.DockerSettings.PullPolicy;

import static org.assertj.core.api.Assertions.assertThat;

class HaClusterPropertiesTests {

	/**
	 * The names in this YAML are the published contract, snapshot-interval and retention
	 * under sqlite included: they stay as they are.
	 */
	@Test
	void bindWhenYamlIsThatOfTheManualBindsEverything() throws IOException {
		HaClusterProperties properties = bindYaml(
				"""
						ha.cluster:
						  name: convex
						  node-id: node-a
						  store: nats
						  nats.servers: nats://127.0.0.1:4222,nats://127.0.0.1:4223
						  local.directory: ./ha-local
						  election: { lease-duration: 5s, renew-interval: 1s }
						  sqlite: { path: /var/lib/convex/data.db, replica-path: /var/lib/convex/replica.db, snapshot-interval: 2h, retention: 48h }
						  replication: { checkpoint-pages: 500, min-batch-interval: 250ms, diverged-to-keep: 3, levels: [10s, 2m], l0-retention: 7m, max-replica-wal-size: 64MB, max-wal-size: 32MB }
						  backend:
						    type: process
						    start-timeout: 61s
						    stop-timeout: 31s
						    health: { url: "http://localhost:3210/health", interval: 6s, timeout: 4s }
						    supervision: { failures-before-restart: 2, max-restarts: 5, window: 5m, backoff: 2s, cooling: 1m }
						    process: { command: ["./myapp", "--port", "3000"], directory: /opt/myapp, environment: { DB_PATH: /data/db }, stop-signal: int, log-file: /var/log/myapp }
						    systemd: { unit: convex, dependencies: [network-online.target], journal-lines: 50 }
						    docker:
						      host: unix:///run/user/1000/docker.sock
						      container: convex
						      image: convex:1
						      pull-policy: never
						      command: ["./convex", "--port", "3210"]
						      user: "1000:1000"
						      ports: ["3210:3210"]
						      environment: { DB_PATH: /data/data.db }
						      volumes: ["/var/lib/convex:/data"]
						      network: front
						      labels: { com.example.team: blue }
						      restart-policy: "no"
						      stop-timeout: 7s
						      resources: { memory: 512MB, memory-swap: 1GB, cpus: 1.5, pids: 100 }
						      health: { command: [curl, "-f", "http://localhost:3210"], interval: 2s, timeout: 4s, start-period: 5s, retries: 6 }
						      auto-remove: true
						      state-directory: /var/lib/convex/state
						""");
		assertThat(properties.enabled()).isTrue();
		assertThat(properties.name()).isEqualTo("convex");
		assertThat(properties.nodeId()).isEqualTo("node-a");
		assertThat(properties.store()).isEqualTo(HaClusterProperties.Store.NATS);
		assertThat(properties.nats().servers()).containsExactly("nats://127.0.0.1:4222", "nats://127.0.0.1:4223");
		assertThat(properties.local().directory()).isEqualTo("./ha-local");
		assertThat(properties.election()).isEqualTo(new HaClusterProperties.Election(Duration.ofSeconds(5),
				Duration.ofSeconds(1), null, 100, Duration.ofSeconds(10)));
		assertThat(properties.sqlite()).isEqualTo(new HaClusterProperties.Sqlite("/var/lib/convex/data.db",
				"/var/lib/convex/replica.db", Duration.ofHours(2), Duration.ofHours(48)));
		assertThat(properties.replication()).isEqualTo(new HaClusterProperties.Replication(500, Duration.ofMillis(250),
				3, List.of(Duration.ofSeconds(10), Duration.ofMinutes(2)), Duration.ofMinutes(7),
				DataSize.ofMegabytes(64), Duration.ofSeconds(5), DataSize.ofMegabytes(32)));
		assertThat(properties.backend()).isEqualTo(new HaClusterProperties.Backend(
				HaClusterProperties.Backend.Type.PROCESS, Duration.ofSeconds(61), Duration.ofSeconds(31),
				new HaClusterProperties.Backend.Health(URI.create("http://localhost:3210/health"),
						Duration.ofSeconds(6), Duration.ofSeconds(4)),
				new HaClusterProperties.Backend.Supervision(2, 5, Duration.ofMinutes(5), Duration.ofSeconds(2),
						Duration.ofMinutes(1)),
				new HaClusterProperties.Backend.Process(List.of("./myapp", "--port", "3000"), "/opt/myapp",
						Map.of("DB_PATH", "/data/db"), null, StopSignal.INT, "/var/log/myapp"),
				new HaClusterProperties.Backend.Systemd("convex", List.of("network-online.target"), 50),
				new DockerProperties("unix:///run/user/1000/docker.sock", "convex", "convex:1", PullPolicy.NEVER,
						List.of("./convex", "--port", "3210"), "1000:1000", List.of("3210:3210"),
						Map.of("DB_PATH", "/data/data.db"), List.of("/var/lib/convex:/data"), "front",
						Map.of("com.example.team", "blue"), "no", Duration.ofSeconds(7),
						new DockerProperties.Resources(DataSize.ofMegabytes(512), DataSize.ofGigabytes(1), 1.5, 100L),
						new DockerProperties.Health(List.of("curl", "-f", "http://localhost:3210"),
								Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(5), 6),
						true, "/var/lib/convex/state")));
	}

	@Test
	void bindWhenOnlyNameIsGivenHasDefaults() {
		HaClusterProperties properties = new Binder(new MapConfigurationPropertySource(Map.of("ha.cluster.name", "x")))
			.bind("ha.cluster", HaClusterProperties.class)
			.get();
		assertThat(properties.store()).isNull();
		assertThat(properties.nodeId()).isNull();
		assertThat(properties.nats().servers()).isEmpty();
		assertThat(properties.election().leaseDuration()).isEqualTo(Duration.ofSeconds(10));
		assertThat(properties.election().renewInterval()).isEqualTo(Duration.ofSeconds(3));
		assertThat(properties.backend().type()).isEqualTo(HaClusterProperties.Backend.Type.NONE);
		assertThat(properties.backend().supervision()).isEqualTo(
				new HaClusterProperties.Backend.Supervision(3, 3, Duration.ofMinutes(10), Duration.ofSeconds(1), null));
		assertThat(properties.backend().process().command()).isEmpty();
		assertThat(properties.backend().process().environment()).isEmpty();
	}

	@Test
	void toStringHasNoSecrets() {
		HaClusterProperties properties = new Binder(new MapConfigurationPropertySource(Map.of("ha.cluster.nats.servers",
				"nats://u:secret@h:1", "ha.cluster.nats.password", "secret", "ha.cluster.nats.token", "secret",
				"ha.cluster.nats.nkey-seed", "secret", "ha.cluster.backend.process.environment.PASSWORD", "secret",
				"ha.cluster.backend.docker.environment.PASSWORD", "secret")))
			.bind("ha.cluster", HaClusterProperties.class)
			.get();
		assertThat(properties.toString()).doesNotContain("secret");
	}

	@Test
	void metadataOfEachPropertyHasTypeAndDescription() throws IOException {
		assertThat(metadata()).hasSizeGreaterThan(40).allSatisfy((property) -> {
			assertThat(property.get("type")).as("type of %s", property).isNotNull();
			assertThat((String) property.get("description")).as("description of %s", property)
				.endsWith(".")
				.matches("[A-Z].*")
				.doesNotContainIgnoringCase("default")
				.doesNotContain("{@");
		});
	}

	@Test
	void metadataOfEachDurationHasTheDurationType() throws IOException {
		assertThat(metadata())
			.filteredOn((property) -> property.get("name").toString().matches(".*(timeout|interval|duration|margin)"))
			.hasSizeGreaterThan(10)
			.allSatisfy((property) -> assertThat(property.get("type")).isEqualTo(Duration.class.getName()));
	}

	private static List<Map<String, Object>> metadata() throws IOException {
		String json = new ClassPathResource("META-INF/spring-configuration-metadata.json")
			.getContentAsString(StandardCharsets.UTF_8);
		@SuppressWarnings("unchecked")
		List<Map<String, Object>> properties = (List<Map<String, Object>>) JsonParserFactory.getJsonParser()
			.parseMap(json)
			.get("properties");
		return properties.stream()
			.filter((property) -> property.get("name").toString().startsWith("ha.cluster."))
			.toList();
	}

	private static HaClusterProperties bindYaml(String yaml) throws IOException {
		PropertySource<?> source = new YamlPropertySourceLoader()
			.load("test", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
			.get(0);
		return new Binder(ConfigurationPropertySources.from(source)).bind("ha.cluster", HaClusterProperties.class)
			.get();
	}

}
