package io.hacluster.backend;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.hacluster.backend.BackendHealth.Status;

/**
 * Asks a health URL: an answer with a status from 200 to 399 says up, everything else,
 * and no complete answer within the timeout, says down. Thread-safe.
 */
public final class HttpHealthCheck implements HealthProbe {

	private final URI url;

	private final Duration timeout;

	private final HttpClient client;

	/**
	 * Creates a check.
	 * @param url an {@code http} or {@code https} URL
	 * @param timeout for the whole exchange
	 * @throws IllegalArgumentException if the URL has another scheme or no host
	 */
	public HttpHealthCheck(URI url, Duration timeout) {
		if (!("http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme()))
				|| url.getHost() == null) {
			throw new IllegalArgumentException("'url' must be an http or https URL with a host, but was '" + url + "'");
		}
		this.url = url;
		this.timeout = timeout;
		this.client = HttpClient.newBuilder()
			.version(HttpClient.Version.HTTP_1_1)
			.connectTimeout(timeout)
			.followRedirects(HttpClient.Redirect.NEVER)
			.build();
	}

	@Override
	public BackendHealth check() {
		HttpRequest request = HttpRequest.newBuilder(this.url).timeout(this.timeout).GET().build();
		// The request's own timeout ends with the headers: a body that trickles would
		// get past it, and so would a name that never resolves.
		CompletableFuture<HttpResponse<Void>> exchange = this.client.sendAsync(request, BodyHandlers.discarding());
		try {
			int status = exchange.get(this.timeout.toNanos(), TimeUnit.NANOSECONDS).statusCode();
			boolean up = status >= 200 && status < 400;
			return new BackendHealth(up ? Status.UP : Status.DOWN, this.url + " answers " + status);
		}
		catch (TimeoutException ex) {
			return down("does not answer within " + this.timeout.toMillis() + " ms");
		}
		catch (ExecutionException ex) {
			Throwable cause = (ex.getCause() != null) ? ex.getCause() : ex;
			return down("cannot be asked: "
					+ ((cause.getMessage() != null) ? cause.getMessage() : cause.getClass().getSimpleName()));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return down("was not asked to the end: interrupted");
		}
		finally {
			exchange.cancel(true);
		}
	}

	private BackendHealth down(String what) {
		return new BackendHealth(Status.DOWN, this.url + " " + what);
	}

}
