package io.hacluster.backend.docker;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Frame;

import io.hacluster.backend.BackendException;

/**
 * Says how a container ended, with its last words.
 */
final class ContainerEnd {

	private static final int KEPT_LINES = 20;

	private static final int MAX_LINE = 500;

	private final Engine engine;

	private final Instant since;

	/**
	 * Creates a description.
	 * @param since when the container was started, by the clock of this machine, which is
	 * that of the engine too. What it has written before is of another life
	 */
	ContainerEnd(Engine engine, Instant since) {
		this.engine = engine;
		this.since = since;
	}

	/**
	 * Describes the end of a container that is not running.
	 * @throws BackendException if the engine cannot be asked
	 */
	String describe(String id) throws InterruptedException {
		Optional<ContainerState> state = this.engine.inspect(id).map(ContainerState::new);
		if (state.isEmpty()) {
			return "has ended, because its container was removed by somebody else";
		}
		String exit = state.get().exit();
		List<String> lines = lastLines(id);
		return lines.isEmpty() ? exit + " without output" : exit + "; last output: " + String.join(" | ", lines);
	}

	/**
	 * Returns a line without its time, empty if it is of a former life. The engine itself
	 * can be told where to begin, but the client knows whole seconds only.
	 */
	private String ofThisLife(String line) {
		int space = line.indexOf(' ');
		try {
			boolean before = Instant.parse(line.substring(0, Math.max(0, space))).isBefore(this.since);
			return before ? "" : line.substring(space + 1);
		}
		catch (DateTimeParseException ex) {
			return line;
		}
	}

	private List<String> lastLines(String id) throws InterruptedException {
		StringBuffer text = new StringBuffer();
		try {
			this.engine.ask((docker) -> read(docker, id, text));
		}
		catch (BackendException ex) {
			// Its logging driver may not keep anything that can be read.
			return List.of();
		}
		return text.toString()
			.lines()
			.map(this::ofThisLife)
			.filter((line) -> !line.isBlank())
			.map((line) -> line.substring(0, Math.min(line.length(), MAX_LINE)))
			.toList();
	}

	private static boolean read(DockerClient docker, String id, StringBuffer text)
			throws InterruptedException, ExecutionException {
		docker.logContainerCmd(id)
			.withStdOut(true)
			.withStdErr(true)
			.withTimestamps(true)
			.withTail(KEPT_LINES)
			.exec(new EngineStream<Frame>(
					(frame) -> text.append(new String(frame.getPayload(), StandardCharsets.UTF_8))))
			.await();
		return true;
	}

}
