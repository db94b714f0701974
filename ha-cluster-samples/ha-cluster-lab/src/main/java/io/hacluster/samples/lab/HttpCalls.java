package io.hacluster.samples.lab;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/**
 * Short HTTP calls to processes that may have been killed.
 */
final class HttpCalls implements Http {

	private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(500);

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private final HttpClient client = HttpClient.newBuilder()
		.version(HttpClient.Version.HTTP_1_1)
		.connectTimeout(CONNECT_TIMEOUT)
		.build();

	/**
	 * An answer.
	 *
	 * @param status the status, 0 if there was no answer
	 * @param body the body, or what went wrong
	 */
	record Answer(int status, String body) {

		boolean isOk() {
			return this.status >= 200 && this.status < 300;
		}

	}

	@Override
	public Answer get(String url) {
		return send(HttpRequest.newBuilder(URI.create(url)).timeout(TIMEOUT).build());
	}

	@Override
	public Answer post(String url, String contentType, String body) {
		return send(HttpRequest.newBuilder(URI.create(url))
			.timeout(TIMEOUT)
			.header("Content-Type", contentType)
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build());
	}

	private Answer send(HttpRequest request) {
		try {
			HttpResponse<String> response = this.client.send(request, HttpResponse.BodyHandlers.ofString());
			return new Answer(response.statusCode(), response.body());
		}
		catch (IOException ex) {
			return new Answer(0, String.valueOf(ex.getMessage()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return new Answer(0, "interrupted");
		}
	}

}
