package io.hacluster.command;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

import io.hacluster.HaClusterException;
import io.hacluster.election.Lease;
import io.hacluster.election.VersionedLease;
import io.hacluster.json.JsonReader;
import io.hacluster.json.JsonWriter;

/**
 * A call of the {@code leader} endpoint of a running node.
 *
 * @param url the endpoint; a user name and password in it are sent as basic
 * authentication
 */
record LeaderCall(URI url) {

	/**
	 * Where the endpoint is.
	 */
	static final Option OPTION = new Option("url", "URL",
			"The leader's endpoint, such as http://HOST:PORT/actuator/leader. Found by "
					+ "ha.cluster.address if that is a URL on each node.");

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	private static final int MAX_ANSWER = 16 * 1024;

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
	 * Reads the option.
	 * @param arguments the arguments
	 * @return the endpoint, empty if the option is not there
	 */
	static Optional<URI> url(Arguments arguments) {
		return arguments.value(OPTION.name(), "a URL that begins with http:// or https://", LeaderCall::url);
	}

	/**
	 * Finds the endpoint of the leader.
	 * @param environment knows the leases
	 * @param url what has been given as an option
	 * @return the call
	 * @throws HaClusterException if nobody leads, or the leader does not say where it is
	 */
	static LeaderCall of(CommandEnvironment environment, Optional<URI> url) {
		return new LeaderCall(url.orElseGet(() -> find(environment)));
	}

	/**
	 * The address is for display, but where it is a URL, the endpoint is below it.
	 */
	private static URI find(CommandEnvironment environment) {
		Lease lease = environment.leases()
			.read("leader")
			.map(VersionedLease::lease)
			.filter((it) -> it.state() == Lease.State.HELD)
			.orElseThrow(() -> new HaClusterException("Nobody leads at the moment, and only a leader can do that"));
		try {
			String address = lease.address().replaceFirst("/+$", "");
			return url(address + "/actuator/leader");
		}
		catch (IllegalArgumentException ex) {
			throw new HaClusterException(
					"The leader, node '" + lease.holder() + "', does not say where its endpoint "
							+ "is. Give its URL by --url, or set ha.cluster.address to http://HOST:PORT on each node",
					ex);
		}
	}

	/**
	 * Makes the node act.
	 * @param action the action
	 * @return what it says, for people
	 * @throws HaClusterException if it will not, saying why
	 * @throws InterruptedException if interrupted
	 */
	String post(String action) throws InterruptedException {
		HttpRequest.Builder request = HttpRequest.newBuilder(this.url)
			.timeout(TIMEOUT)
			.header("Content-Type", "application/json")
			.header("Accept", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(JsonWriter.write(Map.of("action", action))));
		String user = this.url.getUserInfo();
		if (user != null) {
			request.header("Authorization",
					"Basic " + Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8)));
		}
		try {
			HttpResponse<InputStream> response = HttpClient.newBuilder()
				.connectTimeout(TIMEOUT)
				.build()
				.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
			return check(action, response.statusCode(), body(response));
		}
		catch (IOException ex) {
			throw new HaClusterException("The leader cannot be asked: " + place() + " does not answer (" + ex + ")",
					ex);
		}
	}

	private static String body(HttpResponse<InputStream> response) throws IOException {
		try (InputStream body = response.body()) {
			return new String(body.readNBytes(MAX_ANSWER), StandardCharsets.UTF_8);
		}
	}

	private String check(String action, int status, String body) {
		String message = message(body);
		String problem = switch (status) {
			case 200, 202, 204 -> "";
			case 401, 403 -> "wants to know who asks, or does not permit it. Put a user name and password into the URL";
			case 404 -> "does not exist. Expose the endpoint: management.endpoints.web.exposure.include must name "
					+ "'leader'";
			case 405 -> "may only be read. Set management.endpoint.leader.access to 'unrestricted' on the nodes";
			case 409 -> "says: " + message;
			default -> "answers with status " + status + ": " + message;
		};
		if (!problem.isEmpty()) {
			throw new HaClusterException("The leader did not do '" + action + "': " + place() + " " + problem);
		}
		return message;
	}

	/**
	 * What the endpoint says for people, or what else has answered.
	 */
	private static String message(String body) {
		String text = body;
		try {
			if (JsonReader.object(body).get("message") instanceof String message) {
				text = message;
			}
		}
		catch (IllegalArgumentException ex) {
			// not the endpoint, but something in front of it
		}
		return text.replaceAll("\\p{Cntrl}+", " ").strip();
	}

	/** Without what may be a password. */
	private String place() {
		return this.url.getScheme() + "://" + this.url.getHost()
				+ ((this.url.getPort() >= 0) ? ":" + this.url.getPort() : "") + this.url.getPath();
	}

}
