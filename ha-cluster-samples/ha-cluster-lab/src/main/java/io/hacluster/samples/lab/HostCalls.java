package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

import io.hacluster.samples.lab.HttpCalls.Answer;

/**
 * HTTP calls from within a host, each with a connection of its own: a pool would know
 * nothing of namespaces.
 *
 * @param host the host
 */
record HostCalls(Namespace host) implements Http {

	private static final int CONNECT_TIMEOUT = 500;

	private static final int TIMEOUT = 2_000;

	@Override
	public Answer get(String url) {
		return this.host.call(() -> exchange(url, "", null));
	}

	@Override
	public Answer post(String url, String contentType, String body) {
		return this.host.call(() -> exchange(url, contentType, body));
	}

	private static Answer exchange(String url, String contentType, @Nullable String body) {
		try {
			HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
			connection.setConnectTimeout(CONNECT_TIMEOUT);
			connection.setReadTimeout(TIMEOUT);
			connection.setRequestProperty("Connection", "close");
			if (body != null) {
				connection.setRequestMethod("POST");
				connection.setDoOutput(true);
				connection.setRequestProperty("Content-Type", contentType);
				try (OutputStream out = connection.getOutputStream()) {
					out.write(body.getBytes(StandardCharsets.UTF_8));
				}
			}
			int status = connection.getResponseCode();
			try (InputStream in = (status < HttpURLConnection.HTTP_BAD_REQUEST) ? connection.getInputStream()
					: connection.getErrorStream()) {
				return new Answer(status, (in != null) ? new String(in.readAllBytes(), StandardCharsets.UTF_8) : "");
			}
		}
		catch (IOException ex) {
			return new Answer(0, String.valueOf(ex.getMessage()));
		}
	}

}
