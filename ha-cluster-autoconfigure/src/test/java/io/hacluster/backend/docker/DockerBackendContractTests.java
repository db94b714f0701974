package io.hacluster.backend.docker;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.backend.Backend;
import io.hacluster.backend.BackendContractTests;
import io.hacluster.backend.BackendManagerProcess;
import io.hacluster.test.DockerEngine;

import static org.awaitility.Awaitility.await;

/**
 * The contract with {@link DockerBackend}.
 */
public class DockerBackendContractTests extends BackendContractTests {

	private static DockerEngine engine;

	@TempDir
	Path directory;

	@BeforeAll
	static void startEngine() {
		engine = DockerEngine.start();
		engine.build("test");
	}

	@AfterAll
	static void stopEngine() throws Exception {
		if (engine != null) {
			engine.close();
		}
	}

	@BeforeEach
	@AfterEach
	void removeContainers() {
		engine.removeContainers();
	}

	@Override
	protected Backend create(Service service) {
		return new Factory().create(arguments(service));
	}

	@Override
	protected Optional<String> currentLife() {
		return inspect().map(InspectContainerResponse::getState)
			.filter((state) -> Boolean.TRUE.equals(state.getRunning()))
			.map(InspectContainerResponse.ContainerState::getStartedAt);
	}

	@Override
	protected boolean isReady() {
		return engine.log("backend").contains("ready");
	}

	@Override
	protected void killService() {
		engine.client().killContainerCmd("backend").exec();
	}

	@Override
	protected Process startManager(Service service, Duration lease) throws Exception {
		Process manager = BackendManagerProcess.start(Factory.class, lease, arguments(service));
		await().until(this::isReady);
		return manager;
	}

	private static Optional<InspectContainerResponse> inspect() {
		try {
			return Optional.of(engine.client().inspectContainerCmd("backend").exec());
		}
		catch (NotFoundException ex) {
			return Optional.empty();
		}
	}

	private List<String> arguments(Service service) {
		return List.of(engine.socket().toString(), this.directory.toString(), switch (service) {
			case OBEDIENT -> DockerFixture.IDLE;
			case DEAF -> DockerFixture.STUBBORN;
			case FAILING -> "echo " + LAST_WORDS + " >&2; exit 3";
		});
	}

	/**
	 * Arguments: socket, state directory and script.
	 */
	public static final class Factory implements BackendManagerProcess.Factory {

		@Override
		public Backend create(List<String> arguments) {
			DockerFixture fixture = new DockerFixture(Path.of(arguments.get(0)), Path.of(arguments.get(1)));
			fixture.command = DockerFixture.shell(arguments.get(2));
			fixture.stopTimeout = Duration.ofHours(1);
			return new DockerBackend(new NodeIdentity("test", new NodeId("node"), "n"), fixture.settings(),
					Clock.systemUTC());
		}

	}

}
