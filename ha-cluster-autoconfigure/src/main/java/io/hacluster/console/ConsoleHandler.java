package io.hacluster.console;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.web.HttpRequestHandler;
import org.springframework.web.servlet.HandlerMapping;

import io.hacluster.console.ConsoleActions.Answer;
import io.hacluster.console.ConsoleAssets.Asset;

/**
 * Answers requests at and below {@code /ha}.
 */
final class ConsoleHandler implements HttpRequestHandler {

	/**
	 * A header that only a script of the same origin can send, so that no other site can
	 * press a button, with and without Spring Security.
	 */
	static final String CONSOLE_HEADER = "X-HA-Console";

	private static final String JSON = "application/json;charset=UTF-8";

	private static final String ACTIONS = "actions/";

	private static final Map<String, String> HEADERS = Map.of("Content-Security-Policy",
			"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
					+ "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
			"X-Frame-Options", "DENY", "X-Content-Type-Options", "nosniff", "Referrer-Policy", "no-referrer",
			"Cross-Origin-Resource-Policy", "same-origin", "Cross-Origin-Opener-Policy", "same-origin", "Cache-Control",
			"no-store");

	private final ConsoleAccess access;

	private final ConsoleState state;

	private final ConsoleStreams streams;

	private final ConsoleActions actions;

	private final CsrfTokens csrfTokens;

	ConsoleHandler(ConsoleAccess access, ConsoleState state, ConsoleStreams streams, ConsoleActions actions,
			CsrfTokens csrfTokens) {
		this.access = access;
		this.state = state;
		this.streams = streams;
		this.actions = actions;
		this.csrfTokens = csrfTokens;
	}

	@Override
	public void handleRequest(HttpServletRequest request, HttpServletResponse response) throws IOException {
		HEADERS.forEach(response::setHeader);
		String path = path(request);
		if (this.access == ConsoleAccess.NONE) {
			write(response,
					Answer.of(HttpServletResponse.SC_FORBIDDEN, "REFUSED",
							"'ha.cluster.console.access', 'management.endpoint.leader.access' or "
									+ "'management.endpoints.access.max-permitted' is 'none'."));
		}
		else if (path.startsWith(ACTIONS) && ConsoleActions.NAMES.contains(path.substring(ACTIONS.length()))) {
			act(path.substring(ACTIONS.length()), request, response);
		}
		else if (isRead(request)) {
			read(path, request, response);
		}
		else {
			methodNotAllowed(response, "GET, HEAD");
		}
	}

	/**
	 * Returns the path below the page's, empty for the page itself.
	 */
	private static String path(HttpServletRequest request) {
		Object path = request.getAttribute(HandlerMapping.PATH_WITHIN_HANDLER_MAPPING_ATTRIBUTE);
		return (path == null || Console.PATH.equals(path)) ? "" : path.toString();
	}

	private static boolean isRead(HttpServletRequest request) {
		return "GET".equals(request.getMethod()) || "HEAD".equals(request.getMethod());
	}

	private void read(String path, HttpServletRequest request, HttpServletResponse response) throws IOException {
		switch (path) {
			case "" -> page(request, response);
			case "state" ->
				write(response, HttpServletResponse.SC_OK, JSON, this.state.render().getBytes(StandardCharsets.UTF_8));
			case "stream" -> stream(request, response);
			case "csrf" -> csrf(request, response);
			default -> asset(path, response);
		}
	}

	/**
	 * The links of the page are relative, so that it works below any context path, and so
	 * its own path must not end with a slash.
	 */
	private static void page(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (request.getRequestURI().endsWith("/")) {
			response.setStatus(HttpServletResponse.SC_FOUND);
			response.setHeader("Location", ".." + Console.PATH);
		}
		else {
			asset(ConsoleAssets.PAGE, response);
		}
	}

	private static void asset(String name, HttpServletResponse response) throws IOException {
		Asset asset = ConsoleAssets.find(name);
		if (asset == null) {
			write(response, Answer.of(HttpServletResponse.SC_NOT_FOUND, "REFUSED", "There is nothing here."));
		}
		else {
			write(response, HttpServletResponse.SC_OK, asset.type(), asset.content());
		}
	}

	private void csrf(HttpServletRequest request, HttpServletResponse response) throws IOException {
		CsrfTokens.Token token = this.csrfTokens.token(request);
		if (token == null) {
			response.setStatus(HttpServletResponse.SC_NO_CONTENT);
		}
		else {
			write(response,
					new Answer(HttpServletResponse.SC_OK, Map.of("header", token.header(), "token", token.value())));
		}
	}

	private void stream(HttpServletRequest request, HttpServletResponse response) throws IOException {
		if ("HEAD".equals(request.getMethod())) {
			methodNotAllowed(response, "GET");
			return;
		}
		response.setContentType("text/event-stream;charset=UTF-8");
		// nginx would collect the events
		response.setHeader("X-Accel-Buffering", "no");
		AsyncContext context = request.startAsync();
		context.setTimeout(0);
		if (!this.streams.add(context)) {
			response.setHeader("Retry-After", "5");
			write(response, Answer.of(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "REFUSED",
					"Too many pages are open, or this node is stopping."));
			context.complete();
		}
	}

	private void act(String name, HttpServletRequest request, HttpServletResponse response) throws IOException {
		if (!"POST".equals(request.getMethod())) {
			methodNotAllowed(response, "POST");
		}
		else if (this.access != ConsoleAccess.UNRESTRICTED) {
			write(response, Answer.of(HttpServletResponse.SC_FORBIDDEN, "REFUSED",
					"This page is for looking only: 'management.endpoint.leader.access' is not 'unrestricted', or the "
							+ "endpoint 'leader' is not exposed over the web on the port of the application, and "
							+ "'ha.cluster.console.access' does not say otherwise; or "
							+ "'management.endpoints.access.max-permitted' does not permit more."));
		}
		else if (request.getHeader(CONSOLE_HEADER) == null || !isSameOrigin(request)) {
			write(response, Answer.of(HttpServletResponse.SC_FORBIDDEN, "REFUSED",
					"Only the page itself may do that. Scripts use the endpoint 'leader'."));
		}
		else {
			write(response, this.actions.act(name, request));
		}
	}

	/**
	 * Browsers say so themselves on what they take for a secure connection. Elsewhere
	 * they name the origin, of which a proxy may have left nothing but the host.
	 */
	private static boolean isSameOrigin(HttpServletRequest request) {
		String site = request.getHeader("Sec-Fetch-Site");
		if (site != null) {
			return "same-origin".equals(site);
		}
		String origin = request.getHeader("Origin");
		return origin == null || bare(request.getServerName()).equalsIgnoreCase(host(origin));
	}

	private static @Nullable String host(String origin) {
		try {
			String host = new URI(origin).getHost();
			return (host != null) ? bare(host) : null;
		}
		catch (URISyntaxException ex) {
			return null;
		}
	}

	/**
	 * Returns an address of IPv6 without the brackets that some have and some have not.
	 */
	private static String bare(String host) {
		return (host.startsWith("[") && host.endsWith("]")) ? host.substring(1, host.length() - 1) : host;
	}

	private static void methodNotAllowed(HttpServletResponse response, String allowed) throws IOException {
		response.setHeader("Allow", allowed);
		write(response,
				Answer.of(HttpServletResponse.SC_METHOD_NOT_ALLOWED, "REFUSED", "Only " + allowed + " is possible."));
	}

	private static void write(HttpServletResponse response, Answer answer) throws IOException {
		write(response, answer.status(), JSON, ConsoleState.json(answer.body()).getBytes(StandardCharsets.UTF_8));
	}

	private static void write(HttpServletResponse response, int status, String type, byte[] content)
			throws IOException {
		response.setStatus(status);
		response.setContentType(type);
		response.setContentLength(content.length);
		response.getOutputStream().write(content);
	}

}
