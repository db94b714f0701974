package io.hacluster.autoconfigure.container;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * How to log in to the NATS server of a container, as far as the container tells. The
 * official image takes options of nats-server; others take environment variables, which
 * the official one can refer to in its options and its configuration, too.
 *
 * @param username the user, null for none
 * @param password the password of the user, null for none
 * @param token the token, null for none; only without a user
 * @see <a href="https://docs.nats.io/running-a-nats-service/introduction/flags">Options
 * of nats-server</a>
 */
record ContainerLogin(@Nullable String username, @Nullable String password, @Nullable String token) {

	private static final List<String> USERNAME = List.of("NATS_USERNAME", "NATS_USER");

	private static final List<String> PASSWORD = List.of("NATS_PASSWORD", "NATS_PASS");

	private static final List<String> TOKEN = List.of("NATS_TOKEN", "NATS_AUTH_TOKEN");

	/**
	 * Returns what a container tells.
	 * @param environment its environment
	 * @param command its command, empty if unknown
	 * @return the login, which may be none
	 */
	static ContainerLogin of(Map<String, ? extends @Nullable String> environment, List<String> command) {
		String username = firstOf(option(command, "--user"), variable(environment, USERNAME));
		if (username != null) {
			return new ContainerLogin(username, firstOf(option(command, "--pass"), variable(environment, PASSWORD)),
					null);
		}
		return new ContainerLogin(null, null, firstOf(option(command, "--auth"), variable(environment, TOKEN)));
	}

	/**
	 * Leaves out what must not get into a log.
	 */
	@Override
	public String toString() {
		return "ContainerLogin[username=" + this.username + "]";
	}

	private static @Nullable String firstOf(@Nullable String first, @Nullable String second) {
		return (first != null) ? first : second;
	}

	private static @Nullable String variable(Map<String, ? extends @Nullable String> environment, List<String> names) {
		for (String name : names) {
			String value = environment.get(name);
			if (value != null && !value.isEmpty()) {
				return value;
			}
		}
		return null;
	}

	/**
	 * Reads an option, which may have one hyphen or two, and a space or an equals sign.
	 */
	private static @Nullable String option(List<String> command, String name) {
		for (int i = 0; i < command.size(); i++) {
			String part = command.get(i).startsWith("--") ? command.get(i) : "-" + command.get(i);
			if (part.equals(name) && i + 1 < command.size()) {
				return command.get(i + 1);
			}
			if (part.startsWith(name + "=")) {
				return part.substring(name.length() + 1);
			}
		}
		return null;
	}

}
