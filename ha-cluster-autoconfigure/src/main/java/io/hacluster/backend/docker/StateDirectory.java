package io.hacluster.backend.docker;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

import io.hacluster.backend.BackendException;

/**
 * Where a node keeps the record of its container, and the class that kills it.
 */
final class StateDirectory {

	private final Path path;

	StateDirectory(Path path) {
		this.path = path.toAbsolutePath();
	}

	Path record() {
		return this.path.resolve("backend.container");
	}

	/**
	 * Makes the directory, with the class in it. It is copied, because no other program
	 * could read it where it lies: in a jar within a jar, as Spring Boot packs them.
	 * @throws BackendException if that is not possible
	 */
	void prepare() {
		String name = ContainerKill.class.getName().replace('.', '/') + ".class";
		Path file = this.path.resolve("guard").resolve(name);
		try (InputStream code = ContainerKill.class.getClassLoader().getResourceAsStream(name)) {
			if (code == null) {
				throw new IOException("there is no resource " + name);
			}
			Files.createDirectories(file.getParent(),
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
			Path temporary = file.resolveSibling(file.getFileName() + ".new");
			Files.copy(code, temporary, StandardCopyOption.REPLACE_EXISTING);
			Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (IOException ex) {
			throw new BackendException("The directory " + this.path
					+ " ('ha.cluster.backend.docker.state-directory') cannot be used: " + ex, ex);
		}
	}

	/**
	 * Returns the command that kills a container.
	 * @throws BackendException if the Java that runs this application has no launcher
	 */
	List<String> killCommand(Path socket, String container) {
		Path java = Path.of(System.getProperty("java.home", "/"), "bin", "java");
		if (!Files.isExecutable(java)) {
			throw new BackendException("There is no " + java + " to run the guard of the container with");
		}
		// Options for the application are not for the guard: an agent, for instance,
		// would take time, memory, or a port that is in use.
		return List.of("env", "-u", "JAVA_TOOL_OPTIONS", "-u", "JDK_JAVA_OPTIONS", "-u", "_JAVA_OPTIONS",
				java.toString(), "-Xmx16m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp",
				this.path.resolve("guard").toString(), ContainerKill.class.getName(),
				socket.toAbsolutePath().toString(), container, record().toString());
	}

}
