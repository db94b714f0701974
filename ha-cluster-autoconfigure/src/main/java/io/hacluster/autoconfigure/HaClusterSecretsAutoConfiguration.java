package io.hacluster.autoconfigure;

import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;

import io.hacluster.actuate.SecretSanitizer;

/**
 * Auto-configuration of what keeps the secrets of {@code ha.cluster} out of endpoints.
 */
@AutoConfiguration
@ConditionalOnHaCluster
@ConditionalOnClass(SanitizingFunction.class)
public final class HaClusterSecretsAutoConfiguration {

	@Bean
	SecretSanitizer haClusterSecretSanitizer() {
		return new SecretSanitizer();
	}

}
