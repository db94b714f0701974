package io.hacluster.operation.nats;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

import io.hacluster.json.JsonReader;
import io.hacluster.operation.InvalidRequestException;
import io.hacluster.operation.OperationRequest;

/**
 * Reads what somebody on NATS has sent: nothing, or one small flat JSON object.
 */
final class ServiceRequest {

	/**
	 * The most bytes of a request.
	 */
	static final int MAX_BYTES = 4096;

	private ServiceRequest() {
	}

	/**
	 * Reads a request.
	 * @param verb the verb, as the subject has it
	 * @param data the body
	 * @return the request
	 * @throws InvalidRequestException if it cannot be understood, saying why
	 */
	static OperationRequest read(String verb, byte[] data) {
		if (data.length > MAX_BYTES) {
			throw new InvalidRequestException("A request has at most " + MAX_BYTES + " bytes");
		}
		Map<String, String> parameters = new HashMap<>();
		object(data).forEach((name, value) -> {
			if (!(value instanceof String || value instanceof Boolean)) {
				throw new InvalidRequestException("Parameters are texts, true or false");
			}
			parameters.put(name, value.toString());
		});
		return OperationRequest.of(verb, parameters);
	}

	private static Map<String, Object> object(byte[] data) {
		try {
			String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(data)).toString().strip();
			return text.isEmpty() ? Map.of() : JsonReader.object(text);
		}
		catch (CharacterCodingException | IllegalArgumentException ex) {
			throw new InvalidRequestException("The request must be empty or one JSON object");
		}
	}

}
