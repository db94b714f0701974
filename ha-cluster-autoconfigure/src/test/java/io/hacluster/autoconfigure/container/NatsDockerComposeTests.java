package io.hacluster.autoconfigure.container;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.docker.compose.core.ConnectionPorts;
import org.springframework.boot.docker.compose.core.ImageReference;
import org.springframework.boot.docker.compose.core.RunningService;
import org.springframework.boot.docker.compose.lifecycle.DockerComposeServicesReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.io.support.SpringFactoriesLoader;

import io.hacluster.autoconfigure.NatsConnectionDetails;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * What Spring Boot's own listener makes of the services of a Docker Compose file. The
 * services are told, not run: Debian has no {@code docker compose}.
 */
class NatsDockerComposeTests {

	@Test
	void serviceWithoutLoginGivesServerAlone() {
		NatsConnectionDetails details = details(new Service("nats:2.11", Map.of(), Map.of()));
		assertThat(details.getServers()).containsExactly("nats://docker.example:34222");
		assertThat(details.getUsername()).isNull();
		assertThat(details.getPassword()).isNull();
		assertThat(details.getToken()).isNull();
		assertThat(details.getSslBundle()).isNull();
	}

	@Test
	void serviceWithUserGivesUserAndPassword() {
		NatsConnectionDetails details = details(
				new Service("nats", Map.of("NATS_USER", "app", "NATS_PASSWORD", "hidden"), Map.of()));
		assertThat(details.getUsername()).isEqualTo("app");
		assertThat(details.getPassword()).isEqualTo("hidden");
		assertThat(details.getToken()).isNull();
	}

	@Test
	void serviceWithTokenGivesToken() {
		NatsConnectionDetails details = details(
				new Service("bitnami/nats:latest", Map.of("NATS_TOKEN", "hidden"), Map.of()));
		assertThat(details.getUsername()).isNull();
		assertThat(details.getToken()).isEqualTo("hidden");
	}

	@Test
	void serviceOfOtherImageIsFoundByItsLabel() {
		assertThat(details(new Service("registry.example/queue:1", Map.of(),
				Map.of("org.springframework.boot.service-connection", "nats")))
			.getServers()).hasSize(1);
	}

	@Test
	void serviceOfOtherImageIsNone() {
		assertThatExceptionOfType(NoSuchBeanDefinitionException.class)
			.isThrownBy(() -> details(new Service("registry.example/natsios", Map.of(), Map.of())));
	}

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private static NatsConnectionDetails details(RunningService service) {
		GenericApplicationContext context = new GenericApplicationContext();
		DockerComposeServicesReadyEvent event = mock(DockerComposeServicesReadyEvent.class);
		given(event.getSource()).willReturn(context);
		given(event.getRunningServices()).willReturn(List.of(service));
		ApplicationListener listener = SpringFactoriesLoader.forDefaultResourceLocation()
			.load(ApplicationListener.class)
			.stream()
			.filter((candidate) -> candidate.getClass()
				.getSimpleName()
				.equals("DockerComposeServiceConnectionsApplicationListener"))
			.findFirst()
			.orElseThrow();
		listener.onApplicationEvent(event);
		context.refresh();
		try (context) {
			assertThat(context.getBeansOfType(ConnectionDetails.class)).hasSizeLessThanOrEqualTo(1);
			return context.getBean(NatsConnectionDetails.class);
		}
	}

	private record Service(String imageName, Map<String, @Nullable String> env,
			Map<String, String> labels) implements RunningService, ConnectionPorts {

		@Override
		public String name() {
			return "queue";
		}

		@Override
		public ImageReference image() {
			return ImageReference.of(this.imageName);
		}

		@Override
		public String host() {
			return "docker.example";
		}

		@Override
		public ConnectionPorts ports() {
			return this;
		}

		@Override
		public int get(int containerPort) {
			return 30000 + containerPort;
		}

		@Override
		public List<Integer> getAll() {
			return List.of(get(4222));
		}

		@Override
		public List<Integer> getAll(@Nullable String protocol) {
			return getAll();
		}

	}

}
