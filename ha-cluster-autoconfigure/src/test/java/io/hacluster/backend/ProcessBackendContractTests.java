package io.hacluster.backend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.test.Requirements;

import static org.awaitility.Awaitility.await;

/**
 * The contract with {@link ProcessBackend}.
 */
class ProcessBackendContractTests extends BackendContractTests {

	private final ProcessTable table = new ProcessTable();

	@TempDir
	Path directory;

	@BeforeEach
	void requireProcesses() {
		Requirements.require(this.table.isAvailable(), "there is no /proc to look for processes in");
	}

	@Override
	protected Backend create(Service service) {
		return new Factory().create(arguments(service));
	}

	@Override
	protected Optional<String> currentLife() {
		return ProcessRecord.read(this.directory.resolve("backend.process"))
			.filter((record) -> !this.table.members(record.group()).isEmpty())
			.map((record) -> record.group() + "@" + record.startTime());
	}

	@Override
	protected boolean isReady() {
		return Files.exists(this.directory.resolve("ready"));
	}

	@Override
	protected void killService() {
		long group = ProcessRecord.read(this.directory.resolve("backend.process")).orElseThrow().group();
		new ProcessSignals().signalGroup(group, ProcessSignals.KILL);
	}

	@Override
	protected Process startManager(Service service, Duration lease) throws Exception {
		Process manager = BackendManagerProcess.start(Factory.class, lease, arguments(service));
		await().until(this::isReady);
		return manager;
	}

	private List<String> arguments(Service service) {
		Path ready = this.directory.resolve("ready");
		String script = switch (service) {
			case OBEDIENT -> "touch " + ready + "; exec sleep 1000";
			case DEAF ->
				"trap '' TERM; (while :; do sleep 0.1; done) & touch " + ready + "; while :; do sleep 0.1; done";
			case FAILING -> "echo " + LAST_WORDS + " >&2; exit 3";
		};
		return List.of(this.directory.toString(), "/bin/sh", "-c", script);
	}

	/**
	 * Arguments: state directory and command.
	 */
	static final class Factory implements BackendManagerProcess.Factory {

		@Override
		public Backend create(List<String> arguments) {
			ProcessSettings settings = new ProcessSettings("contract",
					new ArrayList<>(arguments).subList(1, arguments.size()), null, Map.of(), Path.of(arguments.get(0)));
			return new ProcessBackend(new NodeIdentity("test", new NodeId("contract"), "n"), settings);
		}

	}

}
