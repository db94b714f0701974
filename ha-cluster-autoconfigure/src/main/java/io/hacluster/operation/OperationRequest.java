package io.hacluster.operation;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.hacluster.NodeId;

/**
 * What somebody has asked for, read from named texts and understood completely before
 * anything is done: what is unknown, misspelled or does not belong to the action is
 * refused.
 *
 * @param action what to do
 * @param target the node that is to lead, {@code null} if none is named
 * @param timeout how long to wait for the outcome
 * @param acceptDataLoss whether transactions may be lost
 * @param reason why, for people; may be empty
 */
public record OperationRequest(Action action, @Nullable NodeId target, Duration timeout, boolean acceptDataLoss,
		String reason) {

	/**
	 * How long to wait if nothing is said.
	 */
	public static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(1);

	/**
	 * The longest wait.
	 */
	public static final Duration MAX_TIMEOUT = Duration.ofMinutes(10);

	/**
	 * The most characters of a reason.
	 */
	public static final int MAX_REASON = 200;

	private static final int MAX_SHOWN = 64;

	/**
	 * Reads a request.
	 * @param action the name of the action
	 * @param parameters its parameters by name, those that are there
	 * @return the request
	 * @throws InvalidRequestException if it cannot be understood, saying why
	 */
	public static OperationRequest of(@Nullable String action, Map<String, String> parameters) {
		Action known = Action.of(action);
		parameters.forEach((name, value) -> known.checkTakes(name));
		String target = parameters.get("target");
		if (known == Action.FAILOVER && target == null) {
			throw new InvalidRequestException("'failover' needs a 'target': the node that is to lead");
		}
		return new OperationRequest(known, (target != null) ? node(target) : null, timeout(parameters.get("timeout")),
				flag(parameters.get("acceptDataLoss")), reason(parameters.getOrDefault("reason", "")));
	}

	private static NodeId node(String text) {
		try {
			return new NodeId(text);
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidRequestException("'target' must be the id of a node: 1 to 63 letters, digits, '.', '-' "
					+ "or '_', beginning with a letter or digit");
		}
	}

	private static Duration timeout(@Nullable String text) {
		Duration timeout = (text != null) ? DurationParameter.parse("timeout", text) : DEFAULT_TIMEOUT;
		if (timeout.isZero() || timeout.compareTo(MAX_TIMEOUT) > 0) {
			throw new InvalidRequestException(
					"'timeout' must be more than nothing and at most " + MAX_TIMEOUT.toMinutes() + "m");
		}
		return timeout;
	}

	private static boolean flag(@Nullable String text) {
		if (text == null || text.equals("false")) {
			return false;
		}
		if (text.equals("true")) {
			return true;
		}
		throw new InvalidRequestException("'acceptDataLoss' must be true or false");
	}

	private static String reason(String text) {
		if (text.length() > MAX_REASON || !text.equals(Printable.of(text))) {
			throw new InvalidRequestException("'reason' must be one line of at most " + MAX_REASON + " characters");
		}
		return text;
	}

	/**
	 * Does what has been asked for.
	 * @param operations what does it
	 * @return what came of it
	 */
	public OperationResult perform(ClusterOperations operations) {
		return switch (this.action) {
			case STEP_DOWN -> operations.stepDown();
			case SWITCHOVER -> operations.switchover(this.target, this.timeout);
			case FAILOVER ->
				operations.failover(Objects.requireNonNull(this.target), this.acceptDataLoss, this.timeout);
			case PAUSE -> operations.pause(this.reason);
			case RESUME -> operations.resume();
			case SNAPSHOT -> operations.snapshot();
		};
	}

	/**
	 * The actions.
	 */
	public enum Action {

		/**
		 * {@link ClusterOperations#stepDown()}.
		 */
		STEP_DOWN,

		/**
		 * {@link ClusterOperations#switchover}; takes {@code target} and {@code timeout}.
		 */
		SWITCHOVER("target", "timeout"),

		/**
		 * {@link ClusterOperations#failover}; needs {@code target}, and takes
		 * {@code acceptDataLoss} and {@code timeout}.
		 */
		FAILOVER("target", "timeout", "acceptDataLoss"),

		/**
		 * {@link ClusterOperations#pause}; takes {@code reason}.
		 */
		PAUSE("reason"),

		/**
		 * {@link ClusterOperations#resume()}.
		 */
		RESUME,

		/**
		 * {@link ClusterOperations#snapshot()}.
		 */
		SNAPSHOT;

		private final Set<String> parameters;

		Action(String... parameters) {
			this.parameters = Set.of(parameters);
		}

		/**
		 * Returns how people write it.
		 * @return such as {@code step-down}
		 */
		public String text() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

		/**
		 * Returns what may be asked for.
		 * @return the names of all actions
		 */
		public static List<String> texts() {
			return Arrays.stream(values()).map(Action::text).toList();
		}

		private static Action of(@Nullable String text) {
			if (text == null || text.isBlank()) {
				throw new InvalidRequestException("The action is missing");
			}
			return Arrays.stream(values())
				.filter((action) -> action.text().equals(text))
				.findFirst()
				.orElseThrow(() -> new InvalidRequestException("There is no action '" + shown(text) + "'"));
		}

		private void checkTakes(String name) {
			if (!this.parameters.contains(name)) {
				throw new InvalidRequestException("'" + text() + "' takes no '" + shown(name) + "'");
			}
		}

		private static String shown(String text) {
			return Printable.of((text.length() <= MAX_SHOWN) ? text : text.substring(0, MAX_SHOWN) + "...");
		}

	}

}
