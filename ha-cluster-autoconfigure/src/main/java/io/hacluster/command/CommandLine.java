package io.hacluster.command;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

import io.hacluster.HaClusterException;

/**
 * The commands and how they are called: {@code <command> [--option=value...]}, with
 * properties of the configuration in between, as Spring Boot takes them. Options may
 * stand before the command, too.
 */
public final class CommandLine {

	private static final List<Command> COMMANDS = List.of(new RestoreCommand(), new StatusCommand(),
			new HistoryCommand(), new SwitchoverCommand(), new FailoverCommand(), new PauseCommand(),
			new ResumeCommand(), new StepDownCommand(), new SnapshotCommand(), new VerifyCommand(), new DiffCommand(),
			new SystemdDropInCommand());

	private static final List<String> HELP = List.of("help", "--help", "-h");

	private final Function<List<String>, CommandEnvironment> environments;

	private final Terminal terminal;

	/**
	 * Creates a command line.
	 * @param environments opens the configuration, with additional properties such as
	 * {@code --ha.cluster.name=x}; throws a {@link RuntimeException} after it has said
	 * what is wrong, or a {@link HaClusterException} without
	 * @param terminal where to write to
	 */
	public CommandLine(Function<List<String>, CommandEnvironment> environments, Terminal terminal) {
		this.environments = environments;
		this.terminal = terminal;
	}

	/**
	 * Returns whether arguments are those of a command: whether one of them is not an
	 * option, or the first of all asks for help. A word that is no command counts as a
	 * misspelled one: the application would be one more node of the cluster.
	 * @param arguments the arguments of the application
	 * @return {@code false} if they are those of an application that is to run
	 */
	public static boolean isCommand(String... arguments) {
		String name = name(arguments);
		return HELP.contains(name) || (!name.isEmpty() && !name.startsWith("-"));
	}

	/**
	 * A command is one wherever it stands, also behind properties.
	 */
	private static String name(String... arguments) {
		for (String argument : arguments) {
			if (!argument.isBlank() && !argument.startsWith("-")) {
				return argument;
			}
		}
		return (arguments.length > 0) ? arguments[0] : "";
	}

	private static Optional<Command> find(String name) {
		return COMMANDS.stream().filter((command) -> command.name().equals(name)).findFirst();
	}

	/**
	 * Runs a command. Never throws: what goes wrong is written as a message.
	 * @param arguments the arguments, the first of which that is not an option names it
	 * @return the exit code: 0 if all is well, 1 if not, 2 if the arguments are not
	 * understood
	 */
	public int run(String... arguments) {
		String name = name(arguments);
		List<String> rest = new ArrayList<>(List.of(arguments));
		rest.remove(name);
		Command command = find(name).orElse(null);
		if (command == null) {
			return runWithoutCommand(name);
		}
		if (rest.stream().anyMatch(HELP::contains)) {
			printHelp(command, this.terminal.out());
			return Command.OK;
		}
		try {
			Arguments parsed = new Arguments(command, rest);
			return run(command.prepare(parsed), parsed);
		}
		catch (UsageException ex) {
			this.terminal.err().println(ex.getMessage());
			this.terminal.err().println("'" + name + " --help' shows the options");
			return Command.MISUSED;
		}
	}

	private int runWithoutCommand(String name) {
		if (name.isBlank() || HELP.contains(name)) {
			printCommands(this.terminal.out());
			return Command.OK;
		}
		String closest = SimilarName.of(name, COMMANDS.stream().map(Command::name).toList());
		this.terminal.err()
			.println("There is no command '" + name.replaceAll("\\p{Cntrl}", "?") + "'"
					+ ((closest != null) ? ". Did you mean '" + closest + "'?" : ""));
		this.terminal.err()
			.println("'--help' shows the commands; without one the application runs, and takes only options, "
					+ "which begin with '-'");
		return Command.MISUSED;
	}

	private int run(Command.Action action, Arguments arguments) {
		try (CommandEnvironment environment = open(arguments)) {
			return (environment != null) ? action.run(environment, this.terminal) : Command.FAILED;
		}
		catch (HaClusterException ex) {
			this.terminal.err().println(ex.getMessage());
			return Command.FAILED;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			this.terminal.err().println("Interrupted");
			return Command.FAILED;
		}
	}

	private @Nullable CommandEnvironment open(Arguments arguments) {
		try {
			return this.environments.apply(arguments.properties());
		}
		catch (HaClusterException ex) {
			throw ex;
		}
		catch (RuntimeException ex) {
			return null;
		}
	}

	private static void printCommands(PrintStream out) {
		out.println("Usage: java -jar <application>.jar <command> [options]");
		out.println();
		out.println("Without a command the application runs. Commands:");
		COMMANDS.forEach((command) -> out.printf("  %-15s %s%n", command.name(), command.summary()));
		out.println();
		out.println("'<command> --help' shows its options. Properties such as --ha.cluster.name=NAME or");
		out.println("--spring.config.location=FILE work with each command.");
	}

	private static void printHelp(Command command, PrintStream out) {
		out.println("Usage: java -jar <application>.jar " + command.name()
				+ (command.operand().isEmpty() ? "" : " " + command.operand()) + " [options]");
		out.println();
		out.println(command.summary() + ".");
		out.println();
		command.options().forEach((option) -> out.printf("  %-22s %s%n", option.usage(), option.description()));
		out.printf("  %-22s %s%n", "--help", "Show this.");
	}

}
