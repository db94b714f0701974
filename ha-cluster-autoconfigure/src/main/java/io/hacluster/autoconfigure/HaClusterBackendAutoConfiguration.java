package io.hacluster.autoconfigure;

import java.nio.file.Path;
import java.util.Objects;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

import io.hacluster.NodeIdentity;
import io.hacluster.backend.Backend;
import io.hacluster.backend.ProcessBackend;
import io.hacluster.backend.ProcessSettings;
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

	@Bean
	@ConditionalOnMissingBean(Backend.class)
	@ConditionalOnProperty(name = "ha.cluster.backend.type", havingValue = "process")
	ProcessBackend haClusterProcessBackend(NodeIdentity identity, HaClusterProperties properties) {
		HaClusterProperties.Backend.Process process = properties.backend().process();
		new HaClusterPropertiesValidator(properties).validateProcess();
		String directory = process.directory();
		return new ProcessBackend(identity,
				new ProcessSettings(identity.cluster(), process.command(),
						(directory != null) ? Path.of(directory) : null, process.environment(),
						stateDirectory(properties, identity)));
	}

	@Bean
	@ConditionalOnMissingBean(Backend.class)
	@ConditionalOnProperty(name = "ha.cluster.backend.type", havingValue = "systemd")
	SystemdBackend haClusterSystemdBackend(NodeIdentity identity, HaClusterProperties properties) {
		HaClusterProperties.Backend.Systemd systemd = properties.backend().systemd();
		new HaClusterPropertiesValidator(properties).validateSystemd();
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

	private static Path stateDirectory(HaClusterProperties properties, NodeIdentity identity) {
		String configured = properties.backend().process().stateDirectory();
		if (configured != null) {
			return Path.of(configured);
		}
		String database = properties.sqlite().path();
		return Path.of((database != null) ? database + "-ha" : "ha-" + identity.cluster() + "-" + identity.nodeId());
	}

}
