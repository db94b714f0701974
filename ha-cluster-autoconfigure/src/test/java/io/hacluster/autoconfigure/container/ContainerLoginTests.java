package io.hacluster.autoconfigure.container;

import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ContainerLoginTests {

	@ParameterizedTest
	@ValueSource(strings = { "-js --user app --pass hidden", "-user app -pass hidden", "--user=app -pass=hidden -js" })
	void ofOptionsGivesUser(String command) {
		assertThat(ContainerLogin.of(Map.of("NATS_TOKEN", "t"), List.of(command.split(" "))))
			.isEqualTo(new ContainerLogin("app", "hidden", null));
	}

	@Test
	void ofOptionsGivesToken() {
		assertThat(ContainerLogin.of(Map.of(), List.of("--auth", "hidden")))
			.isEqualTo(new ContainerLogin(null, null, "hidden"));
	}

	@Test
	void ofNothingGivesNone() {
		assertThat(ContainerLogin.of(Map.of("NATS_USER", ""), List.of("-js", "--user")))
			.isEqualTo(new ContainerLogin(null, null, null));
	}

	@Test
	void toStringLeavesOutSecrets() {
		assertThat(new ContainerLogin("app", "hidden", "hidden").toString()).doesNotContain("hidden");
	}

}
