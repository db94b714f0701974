package io.hacluster.operation.nats;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;

import io.nats.client.Connection;
import io.nats.client.impl.Headers;
import io.nats.service.ServiceMessage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.operation.ClusterOperations;
import io.hacluster.operation.InvalidRequestException;
import io.hacluster.operation.OperationRequest;
import io.hacluster.operation.OperationResult;

/**
 * Answers requests. An error has the headers of a service (ADR-32) as well as a body. A
 * request that changes something is carried out on a thread of its own, one at a time, so
 * that the others are answered meanwhile.
 */
final class ServiceHandlers {

	private static final Logger logger = LoggerFactory.getLogger(ServiceHandlers.class);

	private static final int BAD_REQUEST = 400;

	private static final int BUSY = 429;

	private static final int FAILED = 500;

	private final NodeIdentity identity;

	private final Supplier<Connection> connection;

	private final ClusterOperations operations;

	private final ExecutorService executor;

	ServiceHandlers(NodeIdentity identity, Supplier<Connection> connection, ClusterOperations operations,
			ExecutorService executor) {
		this.identity = identity;
		this.connection = connection;
		this.operations = operations;
		this.executor = executor;
	}

	void show(ServiceMessage message, Supplier<String> answer) {
		if (message.getReplyTo() != null) {
			message.respond(this.connection.get(), answer.get());
		}
	}

	void act(ServiceMessage message, String verb) {
		try {
			OperationRequest request = ServiceRequest.read(verb, message.getData());
			this.executor.execute(() -> perform(message, request));
		}
		catch (InvalidRequestException ex) {
			String text = String.valueOf(ex.getMessage());
			refuse(message, BAD_REQUEST, text, ServiceAnswers.invalid(text));
		}
		catch (RejectedExecutionException ex) {
			String text = "Another request is under way on this node: wait for its outcome";
			refuse(message, BUSY, text, ServiceAnswers.invalid(text));
		}
	}

	private void perform(ServiceMessage message, OperationRequest request) {
		logger.info("[{}] {} asked for over NATS", this.identity, request.action().text());
		try {
			OperationResult result = request.perform(this.operations);
			String body = ServiceAnswers.result(result);
			int status = status(result.outcome());
			if (status == 0) {
				show(message, () -> body);
			}
			else {
				refuse(message, status, result.message(), body);
			}
		}
		catch (RuntimeException ex) {
			logger.warn("[{}] {} over NATS failed", this.identity, request.action().text(), ex);
			String text = "It failed: " + ex.getMessage();
			refuse(message, FAILED, text, ServiceAnswers.invalid(text));
		}
	}

	/**
	 * The codes are those of the endpoint.
	 */
	private static int status(OperationResult.Outcome outcome) {
		return switch (outcome) {
			case DONE, ACCEPTED -> 0;
			case REFUSED -> 409;
			case NOT_CONFIRMED -> 412;
			case FAILED -> FAILED;
			case UNKNOWN -> 504;
		};
	}

	private void refuse(ServiceMessage message, int code, String error, String body) {
		if (message.getReplyTo() == null) {
			return;
		}
		Headers headers = new Headers();
		headers.add(ServiceMessage.NATS_SERVICE_ERROR, printable(error));
		headers.add(ServiceMessage.NATS_SERVICE_ERROR_CODE, Integer.toString(code));
		message.respond(this.connection.get(), body.getBytes(StandardCharsets.UTF_8), headers);
	}

	/**
	 * A header is a line of ASCII.
	 */
	private static String printable(String text) {
		return text.replaceAll("[^ -~]", "?");
	}

}
