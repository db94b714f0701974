package io.hacluster.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.Origin;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Names properties that do not exist, without their values: a misspelled password is one,
 * too.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnknownPropertyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
		List<ConfigurationProperty> unknown = cause.getUnboundProperties()
			.stream()
			.filter((property) -> property.getName().toString().startsWith("ha.cluster"))
			.toList();
		if (unknown.isEmpty()) {
			return null;
		}
		return new FailureAnalysis(
				unknown.stream()
					.map(UnknownPropertyFailureAnalyzer::describe)
					.collect(Collectors.joining(System.lineSeparator())),
				"Correct the name, or remove it. All names are in docs/configuration.md.", cause);
	}

	private static String describe(ConfigurationProperty property) {
		Origin origin = property.getOrigin();
		return "There is no configuration property '" + property.getName() + "'"
				+ ((origin != null) ? " (from " + origin + ")" : "") + ".";
	}

}
