package io.hacluster.autoconfigure;

import java.time.Clock;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

import io.hacluster.NodeIdentity;
import io.hacluster.backend.Backend;
import io.hacluster.backend.BackendException;
import io.hacluster.backend.ProcessBackend;
import io.hacluster.backend.ProcessSettings;
import io.hacluster.backend.docker.DockerBackend;
import io.hacluster.backend.systemd.SystemdBackend;
import io.hacluster.backend.systemd.SystemdSettings;
import io.hacluster.backend.systemd.UnusableUnitException;

/**
 * Auto-configuration of the backends that need no bean of the user.
 */
@AutoConfiguration
@ConditionalOnHaCluster
@EnableConfigurationProperties(HaClusterProperties.class)
public final class HaClusterBackendAutoConfiguration {

	private static final Map<String, String> DOCKER_LIBRARIES = Map.of("docker-java-core",
			"com.github.dockerjava.core.DockerClientImpl", "docker-java-transport-zerodep",
			"com.github.dockerjava.zerodep.ZerodepDockerHttpClient");

	@Bean
	@ConditionalOnMissingBean(Backend.class)
	@ConditionalOnProperty(name = "ha.cluster.backend.type", havingValue = "process")
	ProcessBackend haClusterProcessBackend(NodeIdentity identity, HaClusterProperties properties) {
		HaClusterProperties.Backend.Process process = properties.backend().process();
		new BackendPropertiesValidator(properties).validateProcess();
		return new ProcessBackend(identity,
				new ProcessSettings(identity.cluster(), process.command(), path(process.directory()),
						process.environment(), process.stopSignal(), stateDirectory(properties, identity),
						path(process.logFile())));
	}

	@Bean
	@ConditionalOnBean(ProcessBackend.class)
	StartupCheck haClusterProcessStartupCheck(ProcessBackend backend) {
		return () -> {
			try {
				backend.check();
			}
			catch (BackendException ex) {
				throw new StartupCheckException(String.valueOf(ex.getMessage()),
						"Install what is missing, or choose another 'ha.cluster.backend.type'.", ex);
			}
		};
	}

	@Bean
	@ConditionalOnMissingBean(Backend.class)
	@ConditionalOnProperty(name = "ha.cluster.backend.type", havingValue = "systemd")
	SystemdBackend haClusterSystemdBackend(NodeIdentity identity, HaClusterProperties properties) {
		HaClusterProperties.Backend.Systemd systemd = properties.backend().systemd();
		new BackendPropertiesValidator(properties).validateSystemd();
		return new SystemdBackend(identity, new SystemdSettings(Objects.requireNonNull(systemd.unit()),
				systemd.dependencies(), systemd.journalLines(), properties.backend().health().timeout()));
	}

	@Bean
	@ConditionalOnBean(SystemdBackend.class)
	StartupCheck haClusterSystemdStartupCheck(SystemdBackend backend) {
		return () -> {
			try {
				backend.check();
			}
			catch (UnusableUnitException ex) {
				throw new StartupCheckException(String.valueOf(ex.getMessage()), ex.getRemedy(), ex);
			}
		};
	}

	@Bean
	@ConditionalOnMissingBean(Backend.class)
	@ConditionalOnProperty(name = "ha.cluster.backend.type", havingValue = "docker")
	DockerBackend haClusterDockerBackend(NodeIdentity identity, HaClusterProperties properties,
			ResourceLoader resourceLoader) {
		DOCKER_LIBRARIES.forEach((artifact, type) -> {
			if (!ClassUtils.isPresent(type, resourceLoader.getClassLoader())) {
				throw new StartupCheckException(
						"'ha.cluster.backend.type' is 'docker', but the library 'com.github.docker-java:" + artifact
								+ "' is not on the classpath.",
						"Add 'com.github.docker-java:docker-java-core' and "
								+ "'com.github.docker-java:docker-java-transport-zerodep' to the application.",
						null);
			}
		});
		return new DockerBackend(identity,
				new DockerSettingsFactory(properties).create(defaultStateDirectory(properties, identity)),
				Clock.systemUTC());
	}

	@Bean
	@ConditionalOnBean(DockerBackend.class)
	DockerStartupCheck haClusterDockerStartupCheck(DockerBackend backend, HaClusterProperties properties) {
		return new DockerStartupCheck(backend, properties.backend().startTimeout());
	}

	private static @Nullable Path path(@Nullable String name) {
		return (name != null) ? Path.of(name) : null;
	}

	private static Path stateDirectory(HaClusterProperties properties, NodeIdentity identity) {
		String configured = properties.backend().process().stateDirectory();
		return (configured != null) ? Path.of(configured) : defaultStateDirectory(properties, identity);
	}

	private static Path defaultStateDirectory(HaClusterProperties properties, NodeIdentity identity) {
		String database = properties.sqlite().path();
		return Path.of((database != null) ? database + "-ha" : "ha-" + identity.cluster() + "-" + identity.nodeId());
	}

}
