package io.hacluster.test;

import java.nio.file.Path;

/**
 * A busybox, as small systems have instead of everything else.
 */
public final class Busybox {

	private Busybox() {
	}

	/**
	 * Finds one, or installs it below {@code .tools}.
	 * @return the program
	 */
	public static Path path() {
		return ProjectScript.path("docker-engine", "busybox");
	}

}
