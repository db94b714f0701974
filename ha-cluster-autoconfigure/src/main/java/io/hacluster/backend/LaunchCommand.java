package io.hacluster.backend;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Turns a configured command into what is executed, or says what is wrong with it in the
 * terms of the configuration.
 */
final class LaunchCommand {

	private static final String COMMAND = "ha.cluster.backend.process.command";

	private static final String DIRECTORY = "ha.cluster.backend.process.directory";

	/**
	 * Waits for the word to go, so that guard and record stand before the first
	 * instruction of the backend; ends if the manager dies before. Where the system can,
	 * it also asks the kernel for a SIGKILL on the manager's death. The backend's
	 * standard input is closed.
	 */
	private static final String LAUNCHER = """
			read -r go || exit 125
			exec </dev/null
			if setpriv --pdeathsig KILL true 2>/dev/null; then
				exec setpriv --pdeathsig KILL -- "$@"
			fi
			exec "$@"
			""";

	/**
	 * Kills all that runs in a group, or in the session of the same number, and exits
	 * with 0 if there was nothing. Zombies do not count: a frozen manager does not
	 * collect them. A first process with another start time has been given the number of
	 * a group that has ended. Its name may hold anything, also line breaks, but is not in
	 * the last line (proc(5)).
	 */
	private static final String KILL = """
			group=$1
			started=$2
			stat() {
				last=
				while read -r line; do last=$line; done <"$1"
				last=${last##*) }
			}
			if [ -r "/proc/$group/stat" ]; then
				stat "/proc/$group/stat"
				set -- $last
				[ "${20}" = "$started" ] || exit 0
			fi
			kill -s KILL -- "-$group" || [ -r /proc/self/stat ] || exit 0
			[ -r /proc/self/stat ] || exit 1
			left=0
			for file in /proc/[0-9]*/stat; do
				stat "$file"
				set -- $last
				case $1 in Z|X|x|'') continue ;; esac
				if [ "$3" = "$group" ] || [ "$4" = "$group" ]; then
					pid=${file#/proc/}
					kill -s KILL "${pid%/stat}"
					left=1
				fi
			done
			exit $left
			""";

	private LaunchCommand() {
	}

	/**
	 * Passes on what the backend writes, until the last process of its group has ended.
	 */
	static ProcessBuilder relay() {
		List<String> command = new ArrayList<>(Programs.newSession());
		command.add("cat");
		return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
	}

	static List<String> backend(ProcessSettings settings, Map<String, String> environment) {
		Path directory = directory(settings);
		List<String> command = new ArrayList<>(Programs.newSession());
		command.addAll(List.of("/bin/sh", "-c", LAUNCHER, "ha-backend"));
		command.add(program(settings.command().get(0), directory, environment.get("PATH")).toString());
		command.addAll(settings.command().subList(1, settings.command().size()));
		return command;
	}

	/**
	 * Kills a process group, for a {@link LeaseGuard}.
	 * @param group the group
	 * @param startTime that of its first process
	 */
	static List<String> kill(long group, String startTime) {
		return List.of("/bin/sh", "-c", KILL, "ha-kill", Long.toString(group), startTime);
	}

	private static Path directory(ProcessSettings settings) {
		Path directory = (settings.directory() != null) ? settings.directory().toAbsolutePath()
				: Path.of("").toAbsolutePath();
		if (!Files.isDirectory(directory)) {
			throw new BackendException("'" + DIRECTORY + "' must be a directory, but there is none at " + directory);
		}
		return directory;
	}

	private static Path program(String name, Path directory, @Nullable String searchPath) {
		if (name.contains("/")) {
			Path program = directory.resolve(name).normalize();
			if (!Files.exists(program)) {
				throw new BackendException("'" + COMMAND + "' names " + program + ", which does not exist");
			}
			if (Files.isDirectory(program) || !Files.isExecutable(program)) {
				throw new BackendException("'" + COMMAND + "' names " + program + ", which is not an executable file");
			}
			return program;
		}
		Path program = Programs.find(name, searchPath);
		if (program == null) {
			throw new BackendException("'" + COMMAND + "' names '" + name + "', which is not found in the PATH ("
					+ ((searchPath != null) ? searchPath : "unset") + ")");
		}
		return program;
	}

}
