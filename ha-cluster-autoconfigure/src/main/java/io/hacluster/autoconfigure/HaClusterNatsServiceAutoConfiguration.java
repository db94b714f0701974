package io.hacluster.autoconfigure;

import java.util.regex.Pattern;

import io.nats.service.Service;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import io.hacluster.Leadership;
import io.hacluster.NodeIdentity;
import io.hacluster.lifecycle.ClusterLifecycle;
import io.hacluster.member.Members;
import io.hacluster.operation.ClusterOperations;
import io.hacluster.operation.nats.OperationService;

/**
 * Auto-configuration of the service on NATS.
 */
@AutoConfiguration(after = { HaClusterAutoConfiguration.class, HaClusterNatsAutoConfiguration.class })
@ConditionalOnClass(Service.class)
@ConditionalOnBean(ClusterLifecycle.class)
@ConditionalOnBooleanProperty("ha.cluster.nats.service.enabled")
public final class HaClusterNatsServiceAutoConfiguration {

	/**
	 * What NATS takes for a version: three numbers, and perhaps more after a hyphen.
	 */
	private static final Pattern VERSION = Pattern.compile("[0-9]+\\.[0-9]+\\.[0-9]+(-[0-9A-Za-z.-]+)?");

	@Bean
	static LazyInitializationExcludeFilter haClusterNatsServiceLazyInitializationExcludeFilter() {
		return LazyInitializationExcludeFilter.forBeanTypes(NatsServiceLifecycle.class);
	}

	@Bean
	NatsServiceLifecycle haClusterNatsService(NodeIdentity identity, HaClusterProperties properties,
			ObjectProvider<NatsOptions> natsOptions, Leadership leadership, ClusterLifecycle lifecycle, Members members,
			ClusterOperations operations) {
		NatsOptions options = natsOptions.getIfAvailable();
		if (options == null) {
			throw HaClusterPropertiesValidator.invalid("nats.service.enabled", true,
					"The service on NATS needs 'ha.cluster.store: nats'. Remove the property, or change the store");
		}
		boolean writable = properties.nats().service().access() == NatsServiceProperties.Access.UNRESTRICTED;
		return new NatsServiceLifecycle(() -> new OperationService(identity, options, writable, version(), leadership,
				() -> lifecycle.status().state().name(), members, operations));
	}

	private static String version() {
		return version(OperationService.class.getPackage().getImplementationVersion());
	}

	private static String version(@Nullable String implementation) {
		return (implementation != null && VERSION.matcher(implementation).matches()) ? implementation : "0.0.0";
	}

}
