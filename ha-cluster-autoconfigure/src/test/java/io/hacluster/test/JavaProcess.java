package io.hacluster.test;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Commands for JVMs of their own, which run a main class of the tests.
 */
public final class JavaProcess {

	private JavaProcess() {
	}

	/**
	 * Makes a command that starts fast and keeps its temporary files, some of which a
	 * killed JVM leaves behind, where this JVM keeps its own.
	 * @param main the class to run
	 * @param heap the size of its heap, as {@code -Xmx} takes it
	 * @param arguments what the class is told
	 * @return the command
	 */
	public static List<String> command(Class<?> main, String heap, String... arguments) {
		List<String> command = new ArrayList<>(List.of(
				Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx" + heap,
				"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "--enable-native-access=ALL-UNNAMED",
				// There is no compose file for Spring Boot to look for.
				"-Dspring.docker.compose.enabled=false", "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
				"-cp", System.getProperty("java.class.path"), main.getName()));
		command.addAll(List.of(arguments));
		return command;
	}

}
