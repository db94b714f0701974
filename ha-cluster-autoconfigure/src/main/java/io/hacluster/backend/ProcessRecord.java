package io.hacluster.backend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a node writes down about the backend it runs, so that its next life finds it even
 * if both the node and the guard were killed. A number alone would not do: process ids
 * are used again.
 *
 * @param group the process group, which is the id of its first process
 * @param startTime when that process was started
 * @param bootId the boot of the machine
 * @param token set in the environment of the backend, and inherited
 */
record ProcessRecord(long group, String startTime, String bootId, String token) {

	/**
	 * The environment variable that carries the token.
	 */
	static final String VARIABLE = "HA_CLUSTER_BACKEND";

	static Optional<ProcessRecord> read(Path file) {
		try {
			Map<String, String> values = new HashMap<>();
			for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
				int equals = line.indexOf('=');
				if (equals > 0) {
					values.put(line.substring(0, equals), line.substring(equals + 1));
				}
			}
			long group = Long.parseLong(values.getOrDefault("group", "0"));
			if (group <= 1) {
				return Optional.empty();
			}
			return Optional.of(new ProcessRecord(group, values.getOrDefault("start", ""),
					values.getOrDefault("boot", ""), values.getOrDefault("token", "")));
		}
		catch (IOException | NumberFormatException ex) {
			return Optional.empty();
		}
	}

	void write(Path file) {
		String text = "group=" + this.group + "\nstart=" + this.startTime + "\nboot=" + this.bootId + "\ntoken="
				+ this.token + "\n";
		try {
			Files.createDirectories(file.getParent(),
					PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
			Path temporary = file.resolveSibling(file.getFileName() + ".new");
			Files.writeString(temporary, text, StandardCharsets.UTF_8);
			Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	static void delete(Path file) {
		try {
			Files.deleteIfExists(file);
		}
		catch (IOException ex) {
			// A record of a group that has ended does no harm.
		}
	}

	/**
	 * Returns whether the recorded group still runs and is the one that was recorded.
	 */
	boolean isAlive(ProcessTable table) {
		if (!this.bootId.equals(table.bootId())) {
			return false;
		}
		Optional<String> leader = table.startTime(this.group);
		if (leader.isPresent()) {
			return leader.get().equals(this.startTime);
		}
		return table.isAvailable() && table.members(this.group)
			.stream()
			.anyMatch((pid) -> table.hasEnvironment(pid, VARIABLE + "=" + this.token));
	}

}
