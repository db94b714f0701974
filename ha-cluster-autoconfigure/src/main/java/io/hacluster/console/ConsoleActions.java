package io.hacluster.console;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;

import jakarta.servlet.http.HttpServletRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.HaClusterException;
import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.operation.ClusterOperations;
import io.hacluster.operation.InvalidRequestException;
import io.hacluster.operation.OperationRequest;
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
	private static final String PATIENCE = "30s";

	private static final List<String> FIELDS = List.of("target", "reason");

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
			OperationRequest asked = OperationRequest.of(name, parameters(name, request));
			String user = request.getRemoteUser();
			logger.info("[{}] {} asked for on the page by {} at {}", this.identity, name,
					(user != null) ? printable(user) : "somebody", printable(request.getRemoteAddr()));
			return Answer.of(asked.perform(this.operations));
		}
		catch (InvalidRequestException ex) {
			return Answer.of(400, "INVALID", String.valueOf(ex.getMessage()));
		}
		catch (HaClusterException ex) {
			logger.warn("[{}] {} failed", this.identity, name, ex);
			return Answer.of(504, "UNKNOWN", String.valueOf(ex.getMessage()));
		}
		finally {
			this.turn.release();
		}
	}

	/**
	 * Returns what the fields of the page's form say, those that are filled in.
	 */
	private static Map<String, String> parameters(String name, HttpServletRequest request) {
		Map<String, String> parameters = new HashMap<>();
		for (String field : FIELDS) {
			String value = request.getParameter(field);
			if (value != null && !value.isBlank()) {
				parameters.put(field, value.strip());
			}
		}
		if (SWITCHOVER.equals(name)) {
			parameters.put("timeout", PATIENCE);
		}
		return parameters;
	}

	/**
	 * The name of a user and, behind a proxy, the address come from outside.
	 */
	private static String printable(String text) {
		return text.replaceAll("\\p{Cntrl}", "?");
	}

	/**
	 * An answer, with the statuses of the endpoint.
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
				case ACCEPTED -> 202;
				case REFUSED -> 409;
				case NOT_CONFIRMED -> 412;
				case FAILED -> 500;
				case UNKNOWN -> 504;
			}, body);
		}

	}

}
