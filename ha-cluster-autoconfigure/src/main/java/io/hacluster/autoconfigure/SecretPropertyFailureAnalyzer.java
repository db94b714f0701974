package io.hacluster.autoconfigure;

import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Says what is wrong with a property that may hold a secret. Spring Boot's own analyzer
 * prints its values, in every source that has one.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SecretPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidConfigurationPropertyValueException> {

	private static final Set<String> SECRETS = Set.of("ha.cluster.nats.servers", "ha.cluster.nats.nkey-seed",
			"ha.cluster.address");

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure,
			InvalidConfigurationPropertyValueException cause) {
		if (!SECRETS.contains(cause.getName())) {
			return null;
		}
		return new FailureAnalysis(
				"The value of the configuration property '" + cause.getName()
						+ "', not shown here because it may hold a secret, is not valid. Reason: " + cause.getReason(),
				"Correct the value of '" + cause.getName() + "'.", cause);
	}

}
