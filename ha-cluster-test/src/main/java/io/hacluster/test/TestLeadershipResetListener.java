package io.hacluster.test;

import org.springframework.context.ApplicationContext;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;

/**
 * Goes back to the declared role after each test method, so that the next one begins with
 * it and the application clears away what it did for this one. And before each, for what
 * another class with the same context has left.
 */
final class TestLeadershipResetListener extends AbstractTestExecutionListener {

	/**
	 * After the listeners that inject into the test, before those that count on the state
	 * of the application.
	 */
	@Override
	public int getOrder() {
		return 2500;
	}

	@Override
	public void beforeTestMethod(TestContext testContext) {
		restore(testContext);
	}

	@Override
	public void afterTestMethod(TestContext testContext) {
		restore(testContext);
	}

	private static void restore(TestContext testContext) {
		if (testContext.hasApplicationContext()
				&& TestLeadershipContextCustomizerFactory.isPresentOn(testContext.getTestClass())) {
			ApplicationContext context = testContext.getApplicationContext();
			context.getBeanProvider(TestLeadershipLifecycle.class).ifAvailable(TestLeadershipLifecycle::restore);
		}
	}

}
