package io.hacluster.autoconfigure.container;

import java.util.List;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionDetailsFactory;
import org.springframework.boot.docker.compose.service.connection.DockerComposeConnectionSource;
import org.springframework.boot.ssl.SslBundle;

import io.hacluster.autoconfigure.NatsConnectionDetails;

/**
 * Finds NATS in the services of a Docker Compose file: by the image, or by the label
 * {@code org.springframework.boot.service-connection: nats}.
 */
class NatsDockerComposeConnectionDetailsFactory extends DockerComposeConnectionDetailsFactory<NatsConnectionDetails> {

	private static final String[] NAMES = { "nats", "bitnami/nats", "bitnamilegacy/nats" };

	private static final int PORT = 4222;

	NatsDockerComposeConnectionDetailsFactory() {
		super(NAMES, "io.nats.client.Connection");
	}

	@Override
	protected NatsConnectionDetails getDockerComposeConnectionDetails(DockerComposeConnectionSource source) {
		return new ComposeDetails(source.getRunningService());
	}

	private static final class ComposeDetails extends DockerComposeConnectionDetails implements NatsConnectionDetails {

		private final String server;

		private final ContainerLogin login;

		private final @Nullable SslBundle sslBundle;

		ComposeDetails(RunningService service) {
			super(service);
			this.server = "nats://" + service.host() + ":" + service.ports().get(PORT);
			this.login = ContainerLogin.of(service.env(), List.of());
			this.sslBundle = getSslBundle(service);
		}

		@Override
		public List<String> getServers() {
			return List.of(this.server);
		}

		@Override
		public @Nullable String getUsername() {
			return this.login.username();
		}

		@Override
		public @Nullable String getPassword() {
			return this.login.password();
		}

		@Override
		public @Nullable String getToken() {
			return this.login.token();
		}

		@Override
		public @Nullable SslBundle getSslBundle() {
			return this.sslBundle;
		}

	}

}
