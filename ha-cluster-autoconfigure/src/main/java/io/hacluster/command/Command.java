package io.hacluster.command;

import java.util.List;

/**
 * A command. To add one, implement this and add it to {@link CommandLine}.
 */
interface Command {

	/**
	 * The exit code of a command that did what it was asked for.
	 */
	int OK = 0;

	/**
	 * The exit code of a command that could not, or has found something bad.
	 */
	int FAILED = 1;

	/**
	 * The exit code of a command that was not understood.
	 */
	int MISUSED = 2;

	/**
	 * Returns the first argument that selects the command.
	 * @return the name
	 */
	String name();

	/**
	 * Returns what it does.
	 * @return one sentence for the help, without a full stop
	 */
	String summary();

	/**
	 * Returns what stands in the help for the one argument that is not an option.
	 * @return such as {@code FILE}, in brackets if it may be left out; empty if there is
	 * no such argument
	 */
	default String operand() {
		return "";
	}

	/**
	 * Returns what it can be told.
	 * @return the options
	 */
	List<Option> options();

	/**
	 * Looks at the arguments before anything else is done.
	 * @param arguments the arguments
	 * @return what runs the command with them
	 * @throws UsageException if a value cannot be understood
	 */
	Action prepare(Arguments arguments);

	/**
	 * A command with its arguments.
	 */
	@FunctionalInterface
	interface Action {

		/**
		 * Runs the command.
		 * @param environment the configuration
		 * @param terminal where to write to
		 * @return the exit code
		 * @throws io.hacluster.HaClusterException if it fails, saying why
		 * @throws InterruptedException if interrupted
		 */
		int run(CommandEnvironment environment, Terminal terminal) throws InterruptedException;

	}

}
