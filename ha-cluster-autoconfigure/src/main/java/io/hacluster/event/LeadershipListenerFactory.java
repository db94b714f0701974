package io.hacluster.event;

import java.lang.reflect.Method;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.event.ApplicationListenerMethodAdapter;
import org.springframework.context.event.EventListenerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.AnnotatedElementUtils;

/**
 * Makes the listeners of {@link OnLeadership @OnLeadership} and
 * {@link OnLeadershipLost @OnLeadershipLost} methods. Unlike Spring's own, a listener
 * that throws is logged and does not keep the event from the listeners after it
 * (invariant I14). To be registered as a bean.
 */
public final class LeadershipListenerFactory implements EventListenerFactory, Ordered {

	private static final Logger log = LoggerFactory.getLogger(LeadershipListenerFactory.class);

	@Override
	public int getOrder() {
		return 0;
	}

	@Override
	public boolean supportsMethod(Method method) {
		return AnnotatedElementUtils.hasAnnotation(method, OnLeadership.class)
				|| AnnotatedElementUtils.hasAnnotation(method, OnLeadershipLost.class);
	}

	@Override
	public ApplicationListener<?> createApplicationListener(String beanName, Class<?> type, Method method) {
		return new IsolatedListener(beanName, type, method);
	}

	private static final class IsolatedListener extends ApplicationListenerMethodAdapter {

		private final String name;

		IsolatedListener(String beanName, Class<?> targetClass, Method method) {
			super(beanName, targetClass, method);
			this.name = beanName + "." + method.getName();
		}

		@Override
		public void processEvent(ApplicationEvent event) {
			try {
				super.processEvent(event);
			}
			catch (Exception ex) {
				log.error("[{}] Leadership listener '{}' failed", label(event), this.name, ex);
			}
		}

		private static String label(ApplicationEvent event) {
			Object payload = (event instanceof PayloadApplicationEvent<?> it) ? it.getPayload() : event;
			if (payload instanceof LeadershipGrantedEvent granted) {
				return granted.cluster() + "/" + granted.nodeId();
			}
			if (payload instanceof LeadershipRevokedEvent revoked) {
				return revoked.cluster() + "/" + revoked.nodeId();
			}
			return "";
		}

	}

}
