package io.hacluster.election.nats;

import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * Tells from what the client library reports whether a connection failed because of TLS.
 */
final class TlsFailure {

	/**
	 * What the client says when only one of both wants TLS.
	 */
	private static final Set<String> MISMATCHES = Set.of("SSL required by server.", "SSL connection wanted by client.");

	private TlsFailure() {
	}

	/**
	 * Looks for the reason.
	 * @param failure what was reported
	 * @return the reason, empty if it is another than TLS
	 */
	static Optional<String> of(Throwable failure) {
		for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
			String message = String.valueOf(cause.getMessage());
			if (cause instanceof SSLException || MISMATCHES.contains(message)) {
				return Optional.of(message);
			}
		}
		return Optional.empty();
	}

}
