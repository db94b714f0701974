package io.hacluster.backend;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * How to run a backend as a process.
 *
 * @param name names the logger {@code ha.backend.<name>} and the thread, usually the
 * cluster's name
 * @param command the program and its arguments, passed on as they are and never
 * interpreted by a shell; a program without a slash is looked up in the {@code PATH} of
 * its environment, a relative one from the directory
 * @param directory the working directory, {@code null} for that of this process
 * @param environment added to the environment of this process
 * @param stopSignal asks the process group to end, before it is killed
 * @param stateDirectory where the process is recorded so that a later life of this node
 * finds it; made if absent
 * @param logFile what the output is appended to instead of going to the logger; made if
 * absent, its directory is not
 */
public record ProcessSettings(String name, List<String> command, @Nullable Path directory,
		Map<String, String> environment, StopSignal stopSignal, Path stateDirectory, @Nullable Path logFile) {

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if the command is empty
	 */
	public ProcessSettings {
		if (command.isEmpty() || command.get(0).isBlank()) {
			throw new IllegalArgumentException("'command' must name a program");
		}
		command = List.copyOf(command);
		environment = Map.copyOf(environment);
	}

	/**
	 * Creates settings with {@link StopSignal#TERM} and the logger.
	 * @param name names the logger and the thread
	 * @param command the program and its arguments
	 * @param directory the working directory, {@code null} for that of this process
	 * @param environment added to the environment of this process
	 * @param stateDirectory where the process is recorded
	 */
	public ProcessSettings(String name, List<String> command, @Nullable Path directory, Map<String, String> environment,
			Path stateDirectory) {
		this(name, command, directory, environment, StopSignal.TERM, stateDirectory, null);
	}

	/**
	 * Returns the settings for people, without the values of the environment, which may
	 * be secrets.
	 */
	@Override
	public String toString() {
		return "ProcessSettings[name=" + this.name + ", command=" + this.command + ", directory=" + this.directory
				+ ", environment=" + this.environment.keySet() + ", stopSignal=" + this.stopSignal + ", stateDirectory="
				+ this.stateDirectory + ", logFile=" + this.logFile + "]";
	}

}
