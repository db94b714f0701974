package io.hacluster.backend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.test.Requirements;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The contract with a backend of the user, {@link ScriptBackend}.
 */
class CustomBackendContractTests extends BackendContractTests {

	private static final String CONTROL = """
			#!/bin/sh
			cd "$(dirname "$0")" || exit 1
			pid=$(cat pid 2>/dev/null)
			runs() {
				state=$(sed 's/.*) //; s/ .*//' "/proc/$pid/stat" 2>/dev/null)
				[ -n "$pid" ] && [ -n "$state" ] && [ "$state" != Z ]
			}
			case $1 in
				start)
					setsid sh service >log 2>&1 </dev/null &
					echo $! >pid.new && mv pid.new pid
					;;
				stop)
					runs || exit 0
					kill -s TERM -- "-$pid" 2>/dev/null || kill -s TERM "$pid"
					while runs; do sleep 0.05; done
					;;
				kill)
					runs || exit 0
					for again in 1 2 3 4 5 6 7 8 9 10; do
						kill -s KILL -- "-$pid" "$pid" 2>/dev/null
						sleep 0.05
						runs || exit 0
					done
					exit 1
					;;
				status)
					if runs; then echo runs; else tail -n 1 log 2>/dev/null; exit 3; fi
					;;
			esac
			""";

	private final ProcessTable table = new ProcessTable();

	@TempDir
	Path directory;

	@BeforeEach
	void writeControlScript() throws IOException {
		Requirements.require(this.table.isAvailable(), "there is no /proc to look for processes in");
		Path control = Files.writeString(this.directory.resolve("control"), CONTROL);
		assertThat(control.toFile().setExecutable(true)).isTrue();
	}

	@Test
	void exampleInTheDocumentationIsThisBackend() throws IOException {
		String source = Files.readString(Path.of("src/test/java/io/hacluster/backend/ScriptBackend.java"));
		assertThat(Files.readString(Path.of("../docs/backends.md")))
			.contains(source.substring(source.indexOf("final class")).replace("\t", "    "));
	}

	@Override
	protected Backend create(Service service) throws IOException {
		writeService(service);
		return new Factory().create(List.of(this.directory.toString()));
	}

	@Override
	protected Optional<String> currentLife() throws IOException {
		Path file = this.directory.resolve("pid");
		if (!Files.exists(file)) {
			return Optional.empty();
		}
		long pid = Long.parseLong(Files.readString(file).trim());
		return this.table.members(pid).isEmpty() ? Optional.empty()
				: Optional.of(pid + "@" + this.table.startTime(pid).orElse(""));
	}

	@Override
	protected boolean isReady() {
		return Files.exists(this.directory.resolve("ready"));
	}

	@Override
	protected void killService() throws IOException {
		long pid = Long.parseLong(Files.readString(this.directory.resolve("pid")).trim());
		new ProcessSignals().signalGroup(pid, ProcessSignals.KILL);
	}

	@Override
	protected Process startManager(Service service, Duration lease) throws Exception {
		writeService(service);
		Process manager = BackendManagerProcess.start(Factory.class, lease, List.of(this.directory.toString()));
		await().until(this::isReady);
		return manager;
	}

	private void writeService(Service service) throws IOException {
		Files.writeString(this.directory.resolve("service"), switch (service) {
			case OBEDIENT -> "touch ready; exec sleep 1000\n";
			case DEAF -> "trap '' TERM; touch ready; while :; do sleep 0.1; done\n";
			case FAILING -> "echo " + LAST_WORDS + "; exit 3\n";
		});
	}

	/**
	 * Argument: the directory of the control script.
	 */
	static final class Factory implements BackendManagerProcess.Factory {

		@Override
		public Backend create(List<String> arguments) {
			return new ScriptBackend(new NodeIdentity("test", new NodeId("custom"), "n"),
					Path.of(arguments.get(0), "control"));
		}

	}

}
