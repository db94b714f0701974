package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Assumptions;

/**
 * What tests of the lab need of the machine and the project. A test that lacks something
 * is skipped with the reason printed; with {@code HA_REQUIRE_ALL=1} it fails.
 */
final class Script {

	private Script() {
	}

	static void require(boolean met, String reason) {
		if (met) {
			return;
		}
		if ("1".equals(System.getenv("HA_REQUIRE_ALL"))) {
			throw new AssertionError("HA_REQUIRE_ALL=1, but " + reason);
		}
		System.out.println("Skipped: " + reason);
		Assumptions.abort(reason);
	}

	/**
	 * Runs a script that finds or installs something.
	 * @param name its name below {@code scripts}
	 * @return the path that it prints
	 */
	static Path path(String name) {
		try {
			Process process = new ProcessBuilder(file(name).toString()).start();
			String path = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			String reason = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8).strip();
			require(process.waitFor() == 0, "there is no " + name + ": " + reason);
			return Path.of(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new LabException("interrupted in " + name, ex);
		}
	}

	static Path file(String name) {
		return project().resolve("scripts").resolve(name);
	}

	/**
	 * Returns the executable jar of a sample.
	 */
	static Path jar(String sample) {
		Path target = project().resolve("ha-cluster-samples").resolve(sample).resolve("target");
		Path jar = target.resolve(sample + "-0.1.0-SNAPSHOT.jar");
		require(Files.exists(jar), jar + " has not been built: run './mvnw verify'");
		return jar;
	}

	static Path project() {
		Path at = Path.of("").toAbsolutePath();
		while (!Files.isDirectory(at.resolve("scripts"))) {
			at = at.getParent();
		}
		return at;
	}

}
