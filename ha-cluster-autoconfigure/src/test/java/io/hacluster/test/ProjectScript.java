package io.hacluster.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The scripts of this project that find or install what tests run beside us.
 */
public final class ProjectScript {

	private ProjectScript() {
	}

	/**
	 * Runs a script; the test is skipped if that fails.
	 * @param name its name below {@code scripts}
	 * @param arguments its arguments
	 * @return the path that it prints
	 */
	public static Path path(String name, String... arguments) {
		List<String> command = new ArrayList<>();
		command.add(find(name).toString());
		command.addAll(List.of(arguments));
		try {
			Process process = new ProcessBuilder(command).start();
			String path = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			String reason = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			Requirements.require(process.waitFor() == 0, "there is no " + name + ": " + reason);
			return Path.of(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private static Path find(String name) {
		Path start = Path.of("").toAbsolutePath();
		for (Path at = start; at != null; at = at.getParent()) {
			Path script = at.resolve("scripts").resolve(name);
			if (Files.isExecutable(script)) {
				return script;
			}
		}
		Requirements.require(false, "scripts/" + name + " is not to be found from " + start);
		throw new IllegalStateException();
	}

}
