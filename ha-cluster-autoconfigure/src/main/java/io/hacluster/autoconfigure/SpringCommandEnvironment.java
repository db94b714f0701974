package io.hacluster.autoconfigure;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.command.CommandEnvironment;
import io.hacluster.election.ElectionSettings;
import io.hacluster.election.LeaseStore;
import io.hacluster.member.StateStore;
import io.hacluster.replication.ReplicaStore;

/**
 * A small Spring context with the application's configuration and none of its beans.
 */
final class SpringCommandEnvironment implements CommandEnvironment {

	/**
	 * What the application configures for itself and a command must not take over: the
	 * service's log file, its web server, its banner, its sources, its shutdown, and the
	 * containers of its development.
	 */
	private static final List<String> OVERRIDES = List.of("--ha.cluster.enabled=true",
			"--spring.main.web-application-type=none", "--spring.main.banner-mode=off", "--spring.main.sources=",
			"--spring.main.log-startup-info=false", "--spring.main.register-shutdown-hook=false",
			"--spring.main.keep-alive=false", "--spring.docker.compose.enabled=false",
			"--spring.main.lazy-initialization=false", "--logging.file.name=", "--logging.file.path=");

	/**
	 * What a command logs unless its caller says otherwise.
	 */
	private static final List<String> DEFAULTS = Stream
		.concat(Stream.of("--logging.level.root=warn", "--logging.level.io.hacluster=warn"),
				CommandFailure.LOGGING.stream())
		.toList();

	private final ConfigurableApplicationContext context;

	private SpringCommandEnvironment(ConfigurableApplicationContext context) {
		this.context = context;
	}

	/**
	 * Opens the configuration.
	 * @param properties additional properties as command-line arguments
	 * @return the environment
	 * @throws HaClusterException if the configuration cannot work, saying why
	 * @throws RuntimeException if Spring Boot has said why
	 */
	static SpringCommandEnvironment open(List<String> properties) {
		SpringApplication application = new SpringApplication(CommandConfiguration.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		ConfigurableApplicationContext context = run(application, properties);
		if (context.getBeanNamesForType(NodeIdentity.class).length == 0) {
			context.close();
			throw new HaClusterException("Nothing is configured under 'ha.cluster'. Call the command where the "
					+ "application finds its configuration, or name it by --spring.config.location");
		}
		return new SpringCommandEnvironment(context);
	}

	private static ConfigurableApplicationContext run(SpringApplication application, List<String> properties) {
		AtomicReference<ConfigurableApplicationContext> failed = new AtomicReference<>();
		application.addInitializers(failed::set);
		try {
			return application.run(withOverrides(properties));
		}
		catch (RuntimeException ex) {
			ConfigurableApplicationContext context = failed.get();
			if (context == null) {
				throw ex;
			}
			throw CommandFailure.analyze(ex, context).<RuntimeException>map((failure) -> failure).orElse(ex);
		}
	}

	private static String[] withOverrides(List<String> properties) {
		List<String> arguments = new ArrayList<>(OVERRIDES);
		properties.stream().filter((property) -> !names(OVERRIDES, property)).forEach(arguments::add);
		DEFAULTS.stream().filter((property) -> !names(properties, property)).forEach(arguments::add);
		return arguments.toArray(String[]::new);
	}

	private static boolean names(List<String> properties, String property) {
		String name = property.substring(0, property.indexOf('=') + 1);
		return properties.stream().anyMatch((candidate) -> candidate.startsWith(name));
	}

	@Override
	public NodeIdentity identity() {
		return this.context.getBean(NodeIdentity.class);
	}

	@Override
	public boolean hasLog() {
		String path = properties().sqlite().path();
		return path != null && !path.isBlank();
	}

	@Override
	public ReplicaStore log() {
		requireDatabase();
		return this.context.getBean(ReplicaStore.class);
	}

	@Override
	public LeaseStore leases() {
		return this.context.getBean(LeaseStore.class);
	}

	@Override
	public StateStore state() {
		return this.context.getBean(StateStore.class);
	}

	@Override
	public Clock clock() {
		return Clock.systemUTC();
	}

	@Override
	public Path database() {
		return absolute(requireDatabase());
	}

	@Override
	public Path replica() {
		String configured = properties().sqlite().replicaPath();
		return absolute((configured != null) ? configured : requireDatabase() + "-replica");
	}

	@Override
	public ElectionSettings election() {
		return this.context.getBean(ElectionSettings.class);
	}

	@Override
	public String systemdUnit() {
		String unit = properties().backend().systemd().unit();
		if (unit == null || unit.isBlank()) {
			throw new HaClusterException("No unit is configured: 'ha.cluster.backend.systemd.unit' is not set");
		}
		new BackendPropertiesValidator(properties()).validateSystemd();
		return unit;
	}

	private String requireDatabase() {
		if (!hasLog()) {
			throw new HaClusterException("No database is configured: 'ha.cluster.sqlite.path' is not set");
		}
		return Objects.requireNonNull(properties().sqlite().path());
	}

	private HaClusterProperties properties() {
		return this.context.getBean(HaClusterProperties.class);
	}

	private static Path absolute(String path) {
		return Path.of(path).toAbsolutePath().normalize();
	}

	@Override
	public void close() {
		this.context.close();
	}

}
