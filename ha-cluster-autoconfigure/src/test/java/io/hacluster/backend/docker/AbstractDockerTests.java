package io.hacluster.backend.docker;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import com.github.dockerjava.api.command.InspectContainerResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.test.DockerEngine;

/**
 * Base of tests with a real engine, one for each class.
 */
abstract class AbstractDockerTests {

	static final Duration LONG = Duration.ofSeconds(60);

	private static DockerEngine engine;

	private final List<DockerBackend> backends = new ArrayList<>();

	@TempDir
	Path directory;

	DockerFixture fixture;

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
	void prepare() {
		this.fixture = new DockerFixture(engine.socket(), this.directory.resolve("state"));
	}

	@AfterEach
	void removeAll() {
		engine.ensureRunning();
		this.backends.forEach((backend) -> {
			backend.stop(Duration.ZERO);
			backend.close();
		});
		engine.removeContainers();
	}

	final DockerEngine engine() {
		return engine;
	}

	final DockerBackend backend() {
		DockerBackend backend = new DockerBackend(new NodeIdentity("test", new NodeId("node"), "n"),
				this.fixture.settings(), Clock.systemUTC());
		this.backends.add(backend);
		return backend;
	}

	final InspectContainerResponse inspect() {
		return engine.client().inspectContainerCmd(this.fixture.container).exec();
	}

	final boolean isRunning() {
		return Boolean.TRUE.equals(inspect().getState().getRunning());
	}

	final long pid() {
		return inspect().getState().getPidLong();
	}

	final String lastLog() {
		return engine.log(this.fixture.container);
	}

	static BlockingQueue<String> exits(DockerBackend backend) {
		BlockingQueue<String> exits = new LinkedBlockingQueue<>();
		backend.onUnexpectedExit(exits::add);
		return exits;
	}

}
