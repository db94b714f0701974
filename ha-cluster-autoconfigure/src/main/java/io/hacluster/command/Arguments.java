package io.hacluster.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * The arguments of one command: its own options, and properties for the configuration,
 * which are told by the dot in their names.
 */
final class Arguments {

	private final Map<String, String> options = new HashMap<>();

	private final List<String> properties = new ArrayList<>();

	private @Nullable String operand;

	/**
	 * Reads arguments.
	 * @param command the command that they are for
	 * @param arguments the arguments without the command's name
	 * @throws UsageException if one is unknown, twice there, or lacks its value
	 */
	Arguments(Command command, List<String> arguments) {
		for (String argument : arguments) {
			if (!argument.startsWith("-") && !command.operand().isEmpty() && this.operand == null) {
				this.operand = argument;
				continue;
			}
			if (!argument.startsWith("--") || argument.length() == 2) {
				throw new UsageException("'" + argument + "' is not an option: options begin with '--', and their "
						+ "values follow after '='");
			}
			int equals = argument.indexOf('=');
			String name = argument.substring(2, (equals < 0) ? argument.length() : equals);
			if (name.indexOf('.') > 0) {
				this.properties.add(argument);
			}
			else {
				add(command, name, (equals < 0) ? null : argument.substring(equals + 1));
			}
		}
	}

	private void add(Command command, String name, @Nullable String value) {
		Option option = command.options()
			.stream()
			.filter((candidate) -> candidate.name().equals(name))
			.findFirst()
			.orElseThrow(() -> new UsageException("Unknown option '--" + name + "'"));
		if (option.needsValue() && (value == null || value.isBlank())) {
			throw new UsageException("Option '--" + name + "' needs a value: " + option.usage());
		}
		if (!option.takesValue() && value != null) {
			throw new UsageException("Option '--" + name + "' takes no value");
		}
		if (this.options.put(name, (value != null) ? value : "") != null) {
			throw new UsageException("Option '--" + name + "' is there twice");
		}
	}

	/**
	 * Returns the argument that is not an option.
	 * @return the argument, empty if it is not there
	 */
	Optional<String> operand() {
		return Optional.ofNullable(this.operand);
	}

	/**
	 * Returns the arguments that are meant for the configuration.
	 * @return properties such as {@code --ha.cluster.node-id=a}
	 */
	List<String> properties() {
		return this.properties;
	}

	boolean has(String name) {
		return this.options.containsKey(name);
	}

	/**
	 * Reads the value of an option.
	 * @param name the option
	 * @param expected what is legal, for the message
	 * @param parser reads the value; throws {@link RuntimeException} if it is not legal
	 * @return the value, empty if the option is not there
	 * @throws UsageException if the value is not legal
	 */
	<T> Optional<T> value(String name, String expected, Function<String, T> parser) {
		String text = this.options.get(name);
		if (text == null) {
			return Optional.empty();
		}
		try {
			return Optional.of(parser.apply(text));
		}
		catch (RuntimeException ex) {
			throw new UsageException("'" + text + "' is not a value for '--" + name + "': it must be " + expected);
		}
	}

}
