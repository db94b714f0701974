package io.hacluster.backend.systemd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import io.hacluster.HaClusterException;

/**
 * Where drop-ins are installed.
 */
public final class DropInFiles {

	private static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final Machine machine;

	/**
	 * Creates it for this machine.
	 */
	public DropInFiles() {
		this(Machine.local());
	}

	DropInFiles(Machine machine) {
		this.machine = machine;
	}

	/**
	 * Writes the files, and has systemd read them.
	 * @param dropIn what to install
	 * @throws HaClusterException if that fails, saying why
	 * @throws InterruptedException if interrupted
	 */
	public void install(DropIn dropIn) throws InterruptedException {
		for (Map.Entry<String, String> file : dropIn.files().entrySet()) {
			write(this.machine.root().resolve(file.getKey().substring(1)), file.getValue());
		}
		ToolResult result = new Tools(this.machine.prefix()).run(TIMEOUT,
				List.of("systemctl", "--no-ask-password", "daemon-reload"));
		if (!result.succeeded()) {
			throw new HaClusterException("The files are there, but systemd has not read them: " + result.problem()
					+ ". Run 'systemctl daemon-reload'");
		}
	}

	/**
	 * Readable by all, as units are.
	 */
	private static void write(Path path, String text) {
		try {
			Files.createDirectories(path.getParent());
			Path temporary = path.resolveSibling(path.getFileName() + ".new");
			Files.writeString(temporary, text);
			Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rw-r--r--"));
			Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (IOException ex) {
			throw new HaClusterException(path + " cannot be written: " + ex + ". Run the command as root", ex);
		}
	}

}
