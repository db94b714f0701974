package io.hacluster.command;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

import io.hacluster.HaClusterException;

/**
 * A call of the {@code leader} endpoint of a running node.
 *
 * @param url the endpoint; a user name and password in it are sent as basic
 * authentication
 */
record LeaderCall(URI url) {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	/**
	 * Reads the URL of an endpoint.
	 * @param text the URL
	 * @return the URL
	 * @throws IllegalArgumentException if it is not one with http or https and a host
	 */
	static URI url(String text) {
		URI url = URI.create(text);
		if (url.getHost() == null || !("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
			throw new IllegalArgumentException("Not an http URL: " + text);
		}
		return url;
	}

	/**
	 * Makes the node act.
	 * @param action the action
	 * @throws HaClusterException if it will not, saying why
	 * @throws InterruptedException if interrupted
	 */
	void post(String action) throws InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(this.url)
			.timeout(TIMEOUT)
			.header("Content-Type", "application/json")
			.header("Accept", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(Json.of(Map.of("action", action))));
		String user = this.url.getUserInfo();
		if (user != null) {
			request.header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
		}
		try {
			HttpResponse<String> response = HttpClient.newBuilder()
				.connectTimeout(TIMEOUT)
				.build()
				.send(request.build(), HttpResponse.BodyHandlers.ofString());
			check(response.statusCode(), response.body());
		}
		catch (IOException ex) {
			throw new HaClusterException("The leader cannot be asked: " + place() + " does not answer (" + ex + ")",
					ex);
		}
	}

	private void check(int status, String body) {
		String problem = switch (status) {
			case 200, 202, 204 -> "";
			case 401, 403 -> "wants to know who asks, or does not permit it. Put a user name and password into the URL";
			case 404 -> "does not exist. Expose the endpoint: management.endpoints.web.exposure.include must name "
					+ "'leader'";
			case 405 -> "may only be read. Set management.endpoint.leader.access to 'unrestricted' on the nodes";
			case 409 -> "is on a node that takes no snapshots now. Ask the leader";
			default -> "answers with status " + status + ": " + body;
		};
		if (!problem.isEmpty()) {
			throw new HaClusterException("The leader did not take a snapshot: " + place() + " " + problem);
		}
	}

	/** Without what may be a password. */
	private String place() {
		return this.url.getScheme() + "://" + this.url.getHost()
				+ ((this.url.getPort() >= 0) ? ":" + this.url.getPort() : "") + this.url.getPath();
	}

}
