package io.hacluster.backend.docker;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link DockerSettings}.
 */
class DockerSettingsTests {

	private final DockerFixture fixture = new DockerFixture(Path.of("/none.sock"), Path.of("state"));

	@Test
	void checkWhenAVariableHasNoProperNameDoesNotTellItsValue() {
		for (String name : List.of("", "A=B")) {
			this.fixture.environment = Map.of(name, "swordfish");
			assertThatExceptionOfType(InvalidDockerSettingsException.class)
				.isThrownBy(() -> this.fixture.settings().check())
				.satisfies((ex) -> {
					assertThat(ex.setting()).isEqualTo("environment");
					assertThat(ex).hasMessageNotContaining("swordfish");
				});
		}
	}

	@Test
	void checkWhenAVolumeIsBothReadOnlyAndWritableIsRefused() {
		this.fixture.volumes = List.of("/data:/data:ro,rw");
		assertThatExceptionOfType(InvalidDockerSettingsException.class)
			.isThrownBy(() -> this.fixture.settings().check())
			.satisfies((ex) -> assertThat(ex.setting()).isEqualTo("volumes"));
	}

	@Test
	void portWithAnAddressOfEitherFamilyIsUnderstood() {
		assertThat(PortSpec.parse("[::1]:80:81/udp")).isEqualTo(new PortSpec("::1", 80, 81, "udp"));
		assertThat(PortSpec.parse("127.0.0.1:80:81")).isEqualTo(new PortSpec("127.0.0.1", 80, 81, "tcp"));
		assertThat(PortSpec.parse("80:81")).isEqualTo(new PortSpec("", 80, 81, "tcp"));
	}

	@Test
	void hashChangesWithEachSettingThatMakesAnotherContainer() {
		String hash = hash();
		this.fixture.stopTimeout = this.fixture.stopTimeout.plusSeconds(1);
		String second = hash();
		this.fixture.ports = List.of("80:80");
		assertThat(List.of(hash, second, hash())).doesNotHaveDuplicates();
		this.fixture.callTimeout = this.fixture.callTimeout.plusSeconds(1);
		String third = hash();
		this.fixture.callTimeout = this.fixture.callTimeout.plusSeconds(1);
		assertThat(hash()).isEqualTo(third);
	}

	private String hash() {
		return new ContainerSpec(this.fixture.settings(), new NodeIdentity("test", new NodeId("node"), "n")).hash();
	}

}
