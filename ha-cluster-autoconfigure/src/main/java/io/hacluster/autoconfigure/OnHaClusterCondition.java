package io.hacluster.autoconfigure;

import java.util.Map;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches where anything is configured under {@code ha.cluster}. Not the name alone, so
 * that a forgotten name is a refusal with a message and not an application that runs
 * without its cluster.
 */
class OnHaClusterCondition extends SpringBootCondition {

	private static final String PREFIX = "ha.cluster";

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConditionMessage.Builder message = ConditionMessage.forCondition(ConditionalOnHaCluster.class);
		Binder binder = Binder.get(context.getEnvironment());
		Map<String, Object> configured = binder.bind(PREFIX, Bindable.mapOf(String.class, Object.class))
			.orElseGet(Map::of);
		if (configured.isEmpty()) {
			return ConditionOutcome.noMatch(message.because("nothing is configured under '" + PREFIX + "'"));
		}
		if (Boolean.FALSE.equals(binder.bind(PREFIX + ".enabled", Boolean.class).orElse(null))) {
			return ConditionOutcome.noMatch(message.because("'" + PREFIX + ".enabled' is false"));
		}
		return ConditionOutcome.match(message.because("properties are configured under '" + PREFIX + "'"));
	}

}
