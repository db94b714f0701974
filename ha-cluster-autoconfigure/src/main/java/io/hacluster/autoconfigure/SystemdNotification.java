package io.hacluster.autoconfigure;

import java.time.Duration;
import java.util.Optional;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationStartedEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.core.ResolvableType;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeIdentity;
import io.hacluster.backend.systemd.SystemdNotifier;

/**
 * Notifies systemd for as long as the application context exists. It goes on while the
 * node steps down, so that the watchdog does not cut that short.
 */
final class SystemdNotification implements GenericApplicationListener, ApplicationContextAware, DisposableBean {

	private final Optional<SystemdNotifier> notifier;

	private final Duration stopTimeout;

	private @Nullable ApplicationContext context;

	SystemdNotification(NodeIdentity identity, SystemdNotifier.State state, Duration stopTimeout) {
		this.notifier = SystemdNotifier.start(identity, System.getenv(), ProcessHandle.current().pid(), state);
		this.stopTimeout = stopTimeout;
	}

	@Override
	public void setApplicationContext(ApplicationContext applicationContext) {
		this.context = applicationContext;
	}

	@Override
	public boolean supportsEventType(ResolvableType eventType) {
		return eventType.isAssignableFrom(ApplicationStartedEvent.class)
				|| eventType.isAssignableFrom(ContextClosedEvent.class);
	}

	@Override
	public void onApplicationEvent(ApplicationEvent event) {
		if (event instanceof ApplicationStartedEvent started && started.getApplicationContext() == this.context) {
			this.notifier.ifPresent(SystemdNotifier::started);
		}
		if (event instanceof ContextClosedEvent closed && closed.getApplicationContext() == this.context) {
			this.notifier.ifPresent((it) -> it.stopping(this.stopTimeout));
		}
	}

	@Override
	public void destroy() {
		this.notifier.ifPresent(SystemdNotifier::close);
	}

}
