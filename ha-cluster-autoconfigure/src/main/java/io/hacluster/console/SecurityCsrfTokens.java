package io.hacluster.console;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.security.web.csrf.CsrfToken;

/**
 * Takes tokens from Spring Security, whose filter leaves one with each request that it
 * protects.
 */
public final class SecurityCsrfTokens implements CsrfTokens {

	@Override
	public @Nullable Token token(HttpServletRequest request) {
		return (request.getAttribute(CsrfToken.class.getName()) instanceof CsrfToken token)
				? new Token(token.getHeaderName(), token.getToken()) : null;
	}

}
