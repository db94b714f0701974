package io.hacluster.test;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.TestContextAnnotationUtils;

/**
 * Finds {@link AutoConfigureTestLeadership} on a test class, or on one around it.
 */
final class TestLeadershipContextCustomizerFactory implements ContextCustomizerFactory {

	@Override
	public @Nullable ContextCustomizer createContextCustomizer(Class<?> testClass,
			List<ContextConfigurationAttributes> configAttributes) {
		AutoConfigureTestLeadership annotation = find(testClass);
		return (annotation != null) ? new TestLeadershipContextCustomizer(annotation.leader()) : null;
	}

	static boolean isPresentOn(Class<?> testClass) {
		return find(testClass) != null;
	}

	private static @Nullable AutoConfigureTestLeadership find(Class<?> testClass) {
		return TestContextAnnotationUtils.findMergedAnnotation(testClass, AutoConfigureTestLeadership.class);
	}

}
