package io.hacluster.autoconfigure;

import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.ArgumentResolver;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

import io.hacluster.HaClusterException;

/**
 * What Spring Boot would say of a configuration that cannot work, as the one message of a
 * command instead of lines of a log.
 */
final class CommandFailure {

	/**
	 * What keeps Spring from logging that a context could not be created, and Spring Boot
	 * from logging its analysis. What nobody can analyze is logged nevertheless.
	 */
	static final List<String> LOGGING = List.of("--logging.level.org.springframework.context=error",
			"--logging.level.org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter=off");

	private CommandFailure() {
	}

	/**
	 * Analyzes a failure.
	 * @param failure the failure
	 * @param context the context that could not be refreshed
	 * @return the message, empty if nobody knows one
	 */
	static Optional<HaClusterException> analyze(Throwable failure, ConfigurableApplicationContext context) {
		List<FailureAnalyzer> analyzers = SpringFactoriesLoader.forDefaultResourceLocation(context.getClassLoader())
			.load(FailureAnalyzer.class,
					ArgumentResolver.of(Environment.class, context.getEnvironment())
						.and(BeanFactory.class, context.getBeanFactory()),
					FailureHandler.handleMessage((message, cause) -> {
						// one that cannot be made here, as Spring Boot has it
					}));
		for (FailureAnalyzer analyzer : analyzers) {
			FailureAnalysis analysis = analyze(analyzer, failure);
			if (analysis != null) {
				String action = analysis.getAction();
				return Optional.of(new HaClusterException(analysis.getDescription().strip()
						+ ((action != null && !action.isBlank()) ? System.lineSeparator() + action.strip() : ""),
						failure));
			}
		}
		return Optional.empty();
	}

	private static @Nullable FailureAnalysis analyze(FailureAnalyzer analyzer, Throwable failure) {
		try {
			return analyzer.analyze(failure);
		}
		catch (RuntimeException ex) {
			return null;
		}
	}

}
