package io.hacluster.samples.backend;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.stream.Collectors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code POST /rows?id=}, {@code GET /rows?after=}, {@code GET /rows/count} and
 * {@code GET /health}. Rows travel as lines of number, tab, payload.
 */
final class RowsHandler implements HttpHandler {

	private static final int PAGE_SIZE = 10_000;

	private static final int MAX_PAYLOAD_BYTES = 1 << 20;

	private final RowStore store;

	RowsHandler(RowStore store) {
		this.store = store;
	}

	@Override
	public void handle(HttpExchange exchange) throws IOException {
		try (exchange) {
			try {
				String route = exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
				switch (route) {
					case "POST /rows" -> append(exchange);
					case "GET /rows" -> list(exchange);
					case "GET /rows/count" -> answer(exchange, 200, this.store.count() + "\n");
					case "GET /health" -> health(exchange);
					default -> answer(exchange, 404, "no such resource: " + route + "\n");
				}
			}
			catch (IllegalArgumentException ex) {
				answer(exchange, 400, ex.getMessage() + "\n");
			}
			catch (SQLException ex) {
				answer(exchange, 500, ex.getMessage() + "\n");
			}
		}
	}

	private void append(HttpExchange exchange) throws IOException, SQLException {
		byte[] payload = exchange.getRequestBody().readNBytes(MAX_PAYLOAD_BYTES + 1);
		if (payload.length > MAX_PAYLOAD_BYTES) {
			throw new IllegalArgumentException("a payload has at most " + MAX_PAYLOAD_BYTES + " bytes");
		}
		Row row = new Row(number(exchange, "id", null), new String(payload, StandardCharsets.UTF_8));
		if (this.store.append(row)) {
			answer(exchange, 201, row.id() + "\n");
		}
		else {
			answer(exchange, 409, "row " + row.id() + " exists\n");
		}
	}

	private void list(HttpExchange exchange) throws IOException, SQLException {
		String rows = this.store.after(number(exchange, "after", "0"), PAGE_SIZE)
			.stream()
			.map((row) -> row.id() + "\t" + row.payload() + "\n")
			.collect(Collectors.joining());
		answer(exchange, 200, rows);
	}

	private void health(HttpExchange exchange) throws IOException, SQLException {
		this.store.after(Long.MAX_VALUE, 1);
		answer(exchange, 200, "UP\n");
	}

	private static long number(HttpExchange exchange, String name, @Nullable String fallback) {
		String query = exchange.getRequestURI().getRawQuery();
		String value = fallback;
		for (String parameter : (query != null) ? query.split("&") : new String[0]) {
			if (parameter.startsWith(name + "=")) {
				value = URLDecoder.decode(parameter.substring(name.length() + 1), StandardCharsets.UTF_8);
			}
		}
		if (value == null || !value.matches("[0-9]{1,18}")) {
			throw new IllegalArgumentException("the parameter '" + name + "' must be a number");
		}
		return Long.parseLong(value);
	}

	private static void answer(HttpExchange exchange, int status, String text) throws IOException {
		byte[] body = text.getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
		exchange.sendResponseHeaders(status, (body.length != 0) ? body.length : -1);
		exchange.getResponseBody().write(body);
	}

}
