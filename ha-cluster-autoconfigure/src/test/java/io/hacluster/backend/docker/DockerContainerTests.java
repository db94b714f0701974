package io.hacluster.backend.docker;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.RestartPolicy;
import org.junit.jupiter.api.Test;

import io.hacluster.backend.BackendException;
import io.hacluster.backend.docker.DockerSettings.PullPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link DockerBackend}: which container is run, and what is refused.
 */
class DockerContainerTests extends AbstractDockerTests {

	@Test
	void startWhenTheConfigurationHasChangedMakesTheContainerAnew() throws Exception {
		this.fixture.environment = Map.of("A", "1");
		String first = startAndStop();
		assertThat(startAndStop()).isEqualTo(first);
		this.fixture.environment = Map.of("A", "2");
		String second = startAndStop();
		assertThat(second).isNotEqualTo(first);
		assertThat(inspect().getConfig().getEnv()).contains("A=2").doesNotContain("A=1");
	}

	@Test
	void startWhenTheImageHasChangedMakesTheContainerAnew() throws Exception {
		this.fixture.image = "changing";
		engine().build("changing", "LABEL version=1");
		String first = startAndStop();
		engine().build("changing", "LABEL version=2");
		assertThat(startAndStop()).isNotEqualTo(first);
		assertThat(inspect().getConfig().getLabels()).containsEntry("version", "2");
	}

	@Test
	void startWithoutAnImageRunsTheContainerThatIsThere() throws Exception {
		String id = stranger(RestartPolicy.noRestart());
		this.fixture.image = null;
		DockerBackend backend = backend();
		backend.verify(LONG);
		backend.start(LONG);
		assertThat(inspect().getId()).isEqualTo(id);
		assertThat(isRunning()).isTrue();
		backend.stop(LONG);
		assertThat(isRunning()).isFalse();
	}

	@Test
	void startWithoutAnImageWhenThereIsNoContainerNamesBothProperties() {
		this.fixture.image = null;
		assertRefused("There is no container 'backend' ('ha.cluster.backend.docker.container')",
				"'ha.cluster.backend.docker.image'");
	}

	@Test
	void startWithoutAnImageRefusesAContainerThatTheEngineWouldRestart() {
		// The engine of a rebooted follower would start a second backend.
		for (RestartPolicy policy : List.of(RestartPolicy.alwaysRestart(), RestartPolicy.unlessStoppedRestart(),
				RestartPolicy.onFailureRestart(3))) {
			stranger(policy);
			this.fixture.image = null;
			assertRefused("restart policy '" + policy.getName() + "'", "docker update --restart=no backend");
			engine().removeContainers();
		}
	}

	@Test
	void startWithAnImageLeavesTheContainerOfAStrangerAlone() throws Exception {
		String id = stranger(RestartPolicy.noRestart());
		engine().client().startContainerCmd(id).exec();
		assertRefused("this node has not made", "Remove or rename it, or leave out 'ha.cluster.backend.docker.image'");
		backend().stop(Duration.ZERO);
		assertThat(isRunning()).isTrue();
	}

	@Test
	void startRefusesTheContainerOfAnotherNode() throws Exception {
		engine().client()
			.createContainerCmd("test")
			.withName("backend")
			.withCmd(DockerFixture.shell("sleep 1000"))
			.withLabels(Map.of(ContainerSpec.OWNER_LABEL, "other/node"))
			.exec();
		assertRefused("belongs to the node other/node");
	}

	@Test
	void stopInANewLifeStopsWhatRunsAndStartDoesNotTrustIt() throws Exception {
		this.fixture.command = DockerFixture.shell("echo life; " + DockerFixture.IDLE);
		startAndStop();
		engine().client().startContainerCmd("backend").exec();
		backend().stop(LONG);
		assertThat(isRunning()).isFalse();
		engine().client().startContainerCmd("backend").exec();
		backend().start(LONG);
		await().until(() -> lastLog().lines().filter("life"::equals).count() == 4);
		assertThat(isRunning()).isTrue();
	}

	@Test
	void startWhenTheImageIsMissingSaysSo() {
		this.fixture.image = "missing:1";
		assertRefused("There is no image 'missing:1' ('ha.cluster.backend.docker.image')", "'never'");
	}

	@Test
	void startWhenTheImageCannotBePulledSaysSo() {
		this.fixture.image = "127.0.0.1:1/missing";
		this.fixture.pullPolicy = PullPolicy.MISSING;
		assertRefused("'127.0.0.1:1/missing:latest' ('ha.cluster.backend.docker.image') could not be pulled",
				"connection refused");
		this.fixture.image = "test";
		this.fixture.pullPolicy = PullPolicy.ALWAYS;
		assertRefused("could not be pulled", "'ha.cluster.backend.docker.pull-policy' always");
	}

	@Test
	void startWhenAPortIsTakenNamesIt() throws Exception {
		this.fixture.ports = List.of("8082:80");
		backend().start(LONG);
		DockerFixture other = new DockerFixture(engine().socket(), this.directory.resolve("other"));
		other.container = "other";
		other.ports = List.of("8082:80");
		this.fixture = other;
		assertStartFails("[8082:80] ('ha.cluster.backend.docker.ports') is taken");
	}

	@Test
	void startWhenAnAddressOfAPortIsNotHereNamesIt() {
		this.fixture.ports = List.of("192.0.2.1:8083:80");
		assertStartFails("[192.0.2.1:8083:80] ('ha.cluster.backend.docker.ports') is not on this machine");
	}

	@Test
	void startWhenTheNetworkIsMissingNamesIt() {
		this.fixture.network = "nowhere";
		assertStartFails("There is no network 'nowhere' ('ha.cluster.backend.docker.network')");
	}

	@Test
	void startWhenTheSourceOfAVolumeIsMissingRefusesInsteadOfMakingIt() {
		// With an empty directory in its place, the backend would begin with an empty
		// database.
		this.fixture.volumes = List.of(this.directory.resolve("missing") + ":/data");
		assertStartFails("'ha.cluster.backend.docker.volumes') cannot be mounted");
		assertThat(this.directory.resolve("missing")).doesNotExist();
	}

	@Test
	void startWhenTheCommandDoesNotExistSaysSo() {
		this.fixture.command = List.of("/no/such/program");
		assertStartFails("/no/such/program");
	}

	@Test
	void startWhenTheStateDirectoryCannotBeUsedNamesTheProperty() throws Exception {
		Files.writeString(this.directory.resolve("state"), "x");
		assertStartFails("'ha.cluster.backend.docker.state-directory'");
	}

	private void assertRefused(String... parts) {
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend().verify(LONG))
			.satisfies((ex) -> assertThat(ex.getMessage()).contains(parts).doesNotContain("\n"));
		assertStartFails(parts);
	}

	private void assertStartFails(String... parts) {
		assertThatExceptionOfType(BackendException.class).isThrownBy(() -> backend().start(LONG))
			.satisfies((ex) -> assertThat(ex.getMessage()).contains(parts).doesNotContain("\n"));
	}

	private String startAndStop() throws Exception {
		DockerBackend backend = backend();
		backend.start(LONG);
		backend.stop(Duration.ZERO);
		return inspect().getId();
	}

	private String stranger(RestartPolicy policy) {
		return engine().client()
			.createContainerCmd("test")
			.withName("backend")
			.withCmd(DockerFixture.shell(DockerFixture.IDLE))
			.withHostConfig(HostConfig.newHostConfig().withRestartPolicy(policy))
			.exec()
			.getId();
	}

}
