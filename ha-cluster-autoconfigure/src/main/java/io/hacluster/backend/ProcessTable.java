package io.hacluster.backend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the operating system says about processes: from {@code /proc} (proc(5)) where it
 * exists, else the little that Java knows.
 */
final class ProcessTable {

	private static final String NO_BOOT_ID = "unknown";

	private final Path proc;

	ProcessTable(Path proc) {
		this.proc = proc;
	}

	ProcessTable() {
		this(Path.of("/proc"));
	}

	/**
	 * Returns whether processes can be listed with their groups and sessions.
	 */
	boolean isAvailable() {
		return Files.isReadable(this.proc.resolve("self/stat"));
	}

	/**
	 * Returns when a process was started, in a unit that only equality gives meaning to.
	 * @return the start time, empty if there is no such process or it is a zombie
	 */
	Optional<String> startTime(long pid) {
		if (isAvailable()) {
			return read(pid).filter(Entry::runs).map(Entry::startTime);
		}
		return ProcessHandle.of(pid)
			.filter(ProcessHandle::isAlive)
			.map((handle) -> handle.info().startInstant().map(Instant::toString).orElse(""));
	}

	/**
	 * Lists the processes that run in a group, or in the session of the same number.
	 * Zombies are not listed: they run no code, and in a container without an init
	 * process nobody ever collects them.
	 */
	List<Long> members(long group) {
		List<Long> members = new ArrayList<>();
		try (DirectoryStream<Path> entries = Files.newDirectoryStream(this.proc, "[0-9]*")) {
			for (Path entry : entries) {
				long pid = Long.parseLong(entry.getFileName().toString());
				read(pid).filter((it) -> it.runs() && (it.group() == group || it.session() == group))
					.ifPresent((it) -> members.add(pid));
			}
		}
		catch (IOException ex) {
			return members;
		}
		return members;
	}

	/**
	 * Returns whether a process was given an environment variable at its start.
	 */
	boolean hasEnvironment(long pid, String assignment) {
		try {
			byte[] environment = Files.readAllBytes(this.proc.resolve(pid + "/environ"));
			return ('\0' + new String(environment, StandardCharsets.UTF_8)).contains('\0' + assignment + '\0');
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Returns what tells one boot of the machine from the next.
	 */
	String bootId() {
		try {
			return Files.readString(this.proc.resolve("sys/kernel/random/boot_id")).trim();
		}
		catch (IOException ex) {
			return NO_BOOT_ID;
		}
	}

	private Optional<Entry> read(long pid) {
		try {
			// The command may hold blanks and parentheses; the fields after the last
			// parenthesis are state, ppid, pgrp, session, ... and the 20th is starttime.
			String stat = Files.readString(this.proc.resolve(pid + "/stat"), StandardCharsets.ISO_8859_1);
			String[] fields = stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ");
			return Optional
				.of(new Entry(fields[0].charAt(0), Long.parseLong(fields[2]), Long.parseLong(fields[3]), fields[19]));
		}
		catch (IOException | RuntimeException ex) {
			// Gone while it was being read.
			return Optional.empty();
		}
	}

	private record Entry(char state, long group, long session, String startTime) {

		boolean runs() {
			return this.state != 'Z' && this.state != 'X' && this.state != 'x';
		}

	}

}
