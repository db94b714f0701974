package io.hacluster.console;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;

/**
 * Where the token comes from that proves that a request was made by a page of this
 * application.
 */
@FunctionalInterface
public interface CsrfTokens {

	/**
	 * For applications in which nothing asks for a token.
	 */
	CsrfTokens NONE = (request) -> null;

	/**
	 * Returns the token for a request. May begin a session.
	 * @param request the request
	 * @return the token, {@code null} if none is asked for
	 */
	@Nullable Token token(HttpServletRequest request);

	/**
	 * A token.
	 *
	 * @param header the name of the header to send it in
	 * @param value its value
	 */
	record Token(String header, String value) {

		/**
		 * Leaves out what must not get into a log.
		 */
		@Override
		public String toString() {
			return "Token[header=" + this.header + "]";
		}

	}

}
