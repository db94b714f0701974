package io.hacluster.actuate;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.actuate.endpoint.SanitizableData;

import static org.assertj.core.api.Assertions.assertThat;

class SecretSanitizerTests {

	@ParameterizedTest
	@ValueSource(strings = { "ha.cluster.nats.password", "HA_CLUSTER_NATS_PASSWORD", "ha.cluster.nats.token",
			"ha.cluster.nats.nkeySeed", "ha.cluster.nats.nkey-seed", "HA_CLUSTER_NATS_NKEYSEED",
			"ha.cluster.backend.process.environment.DB_KEY", "HA_CLUSTER_BACKEND_DOCKER_ENVIRONMENT_KEY" })
	void secretIsMasked(String key) {
		assertThat(sanitized(key, "hidden")).isEqualTo(SanitizableData.SANITIZED_VALUE);
	}

	@ParameterizedTest
	@CsvSource({ "nats://app:hidden@h:1, nats://******@h:1", "hidden@h:1, ******@h:1", "nats://h:1, nats://h:1" })
	void userOfAServerIsMasked(String value, String expected) {
		assertThat(sanitized("ha.cluster.nats.servers[0]", value)).isEqualTo(expected);
	}

	@Test
	void usersOfAllServersAreMasked() {
		assertThat(sanitized("HA_CLUSTER_NATS_SERVERS", "nats://a:hidden@h:1,b:hidden@i"))
			.isEqualTo("nats://******@h:1,******@i");
	}

	@Test
	void commandLineWithASecretIsMasked() {
		assertThat(sanitized("sun.java.command", "app.jar --ha.cluster.nats.password=hidden"))
			.isEqualTo(SanitizableData.SANITIZED_VALUE);
		assertThat(sanitized("sun.java.command", "app.jar --debug")).isEqualTo("app.jar --debug");
	}

	@Test
	void otherPropertyIsShown() {
		assertThat(sanitized("ha.cluster.name", "orders")).isEqualTo("orders");
	}

	private static Object sanitized(String key, String value) {
		return new SecretSanitizer().apply(new SanitizableData(null, key, value)).getValue();
	}

}
