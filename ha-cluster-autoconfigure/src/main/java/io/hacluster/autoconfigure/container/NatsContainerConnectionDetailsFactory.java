package io.hacluster.autoconfigure.container;

import java.util.Arrays;
import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionDetailsFactory;
import org.springframework.boot.testcontainers.service.connection.ContainerConnectionSource;
import org.testcontainers.containers.Container;

import io.hacluster.autoconfigure.NatsConnectionDetails;

/**
 * Finds NATS in a container annotated with {@code @ServiceConnection}: any type of
 * container that runs the image {@code nats}, or is named so by
 * {@code @ServiceConnection("nats")}.
 */
class NatsContainerConnectionDetailsFactory
		extends ContainerConnectionDetailsFactory<Container<?>, NatsConnectionDetails> {

	private static final List<String> NAMES = List.of("nats", "library/nats", "bitnami/nats", "bitnamilegacy/nats");

	private static final int PORT = 4222;

	NatsContainerConnectionDetailsFactory() {
		super(NAMES, "io.nats.client.Connection");
	}

	@Override
	protected NatsConnectionDetails getContainerConnectionDetails(ContainerConnectionSource<Container<?>> source) {
		return new ContainerDetails(source);
	}

	private static final class ContainerDetails extends ContainerConnectionDetails<Container<?>>
			implements NatsConnectionDetails {

		ContainerDetails(ContainerConnectionSource<Container<?>> source) {
			super(source);
		}

		@Override
		public List<String> getServers() {
			Container<?> container = getContainer();
			return List.of("nats://" + container.getHost() + ":" + container.getMappedPort(PORT));
		}

		@Override
		public @Nullable String getUsername() {
			return login().username();
		}

		@Override
		public @Nullable String getPassword() {
			return login().password();
		}

		@Override
		public @Nullable String getToken() {
			return login().token();
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return super.getSslBundle();
		}

		private ContainerLogin login() {
			Container<?> container = getContainer();
			return ContainerLogin.of(container.getEnvMap(), Arrays.asList(container.getCommandParts()));
		}

	}

}
