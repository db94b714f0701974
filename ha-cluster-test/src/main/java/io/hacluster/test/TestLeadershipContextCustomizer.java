package io.hacluster.test;

import java.time.Clock;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.event.LeadershipListenerFactory;

/**
 * Switches the cluster off and registers what stands in for it. A part of the key under
 * which contexts are cached.
 *
 * @param leader whether the node leads when a test begins
 */
record TestLeadershipContextCustomizer(boolean leader) implements ContextCustomizer {

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
		TestPropertyValues.of("ha.cluster.enabled=false").applyTo(context);
		BeanDefinitionRegistry registry = (BeanDefinitionRegistry) context.getBeanFactory();
		registry.registerBeanDefinition("haClusterNodeIdentity",
				infrastructure(new RootBeanDefinition(NodeIdentity.class, () -> identity(context.getEnvironment()))));
		registry.registerBeanDefinition("haClusterLeadershipListenerFactory", infrastructure(
				new RootBeanDefinition(LeadershipListenerFactory.class, LeadershipListenerFactory::new)));
		RootBeanDefinition leadership = new RootBeanDefinition(TestLeadership.class,
				() -> new TestLeadership(context.getBean(NodeIdentity.class), context, Clock.systemUTC()));
		leadership.setPrimary(true);
		registry.registerBeanDefinition("haClusterLeadership", leadership);
		registry.registerBeanDefinition("haClusterTestLeadershipLifecycle",
				infrastructure(new RootBeanDefinition(TestLeadershipLifecycle.class,
						() -> new TestLeadershipLifecycle(context.getBean(TestLeadership.class), leader()))));
	}

	private static RootBeanDefinition infrastructure(RootBeanDefinition definition) {
		definition.setRole(BeanDefinition.ROLE_INFRASTRUCTURE);
		definition.setLazyInit(false);
		return definition;
	}

	private static NodeIdentity identity(Environment environment) {
		return new NodeIdentity(environment.getProperty("ha.cluster.name", "test"),
				new NodeId(environment.getProperty("ha.cluster.node-id", "test-node")), "test");
	}

}
