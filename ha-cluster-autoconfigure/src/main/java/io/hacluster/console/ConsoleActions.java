package io.hacluster.console;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.HaClusterException;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.operation.ClusterOperations;
import io.hacluster.operation.OperationResult;

/**
 * What the buttons of the page do.
 */
final class ConsoleActions {

	static final String SWITCHOVER = "switchover";

	static final String PAUSE = "pause";

	static final String RESUME = "resume";

	static final Set<String> NAMES = Set.of(SWITCHOVER, PAUSE, RESUME);

	private static final Logger logger = LoggerFactory.getLogger(ConsoleActions.class);

	/**
	 * A browser and a proxy wait for so long. The page shows what happens afterwards.
	 */
	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final int LONGEST_REASON = 200;

	private final NodeIdentity identity;

	private final ClusterOperations operations;

	/**
	 * One at a time, because an action keeps a thread of the web server waiting.
	 */
	private final Semaphore turn = new Semaphore(1);

	ConsoleActions(NodeIdentity identity, ClusterOperations operations) {
		this.identity = identity;
		this.operations = operations;
	}

	/**
	 * Does what was asked for.
	 * @param name one of {@link #NAMES}
	 * @param request the request, with parameters {@code target} or {@code reason}
	 * @return what to answer
	 */
	Answer act(String name, HttpServletRequest request) {
		if (!this.turn.tryAcquire()) {
			return Answer.of(409, "REFUSED", "Another action is under way on this node. Wait for its outcome.");
		}
		try {
			String user = request.getRemoteUser();
			logger.info("[{}] {} asked for on the page by {} at {}", this.identity, name,
					(user != null) ? user : "somebody", request.getRemoteAddr());
			return Answer.of(act(name, text(request.getParameter("target")), text(request.getParameter("reason"))));
		}
		catch (IllegalArgumentException ex) {
			return Answer.of(400, "REFUSED", String.valueOf(ex.getMessage()));
		}
		catch (HaClusterException ex) {
			logger.warn("[{}] {} failed", this.identity, name, ex);
			return Answer.of(503, "UNKNOWN", String.valueOf(ex.getMessage()));
		}
		finally {
			this.turn.release();
		}
	}

	private OperationResult act(String name, String target, String reason) {
		if (reason.length() > LONGEST_REASON) {
			throw new IllegalArgumentException("The reason must have at most " + LONGEST_REASON + " characters.");
		}
		return switch (name) {
			case SWITCHOVER -> this.operations.switchover(target.isEmpty() ? null : new NodeId(target), PATIENCE);
			case PAUSE -> this.operations.pause(reason);
			case RESUME -> this.operations.resume();
			default -> throw new IllegalArgumentException("There is no action '" + name + "'.");
		};
	}

	private static String text(@Nullable String value) {
		return (value != null) ? value.strip() : "";
	}

	/**
	 * An answer.
	 *
	 * @param status the HTTP status
	 * @param body the body, to be written as JSON
	 */
	record Answer(int status, Map<String, Object> body) {

		static Answer of(int status, String outcome, String message) {
			return new Answer(status, Map.of("outcome", outcome, "message", message));
		}

		private static Answer of(OperationResult result) {
			NodeId leader = result.leader();
			Map<String, Object> body = new LinkedHashMap<>();
			body.put("outcome", result.outcome().name());
			body.put("message", result.message());
			body.put("leader", (leader != null) ? leader.value() : null);
			body.put("epoch", result.epoch());
			return new Answer(switch (result.outcome()) {
				case DONE -> 200;
				case ACCEPTED, UNKNOWN -> 202;
				case REFUSED, NOT_CONFIRMED, FAILED -> 409;
			}, body);
		}

	}

}
