package io.hacluster.backend.docker;

import java.io.IOException;

import com.github.dockerjava.transport.DockerHttpClient;

/**
 * Uses each connection for one request only. A connection that is kept for later is of no
 * use once the engine has been restarted, and the request that finds out fails.
 */
final class FreshConnections implements DockerHttpClient {

	private final DockerHttpClient delegate;

	FreshConnections(DockerHttpClient delegate) {
		this.delegate = delegate;
	}

	@Override
	public Response execute(Request request) {
		return this.delegate.execute(Request.builder().from(request).putHeader("Connection", "close").build());
	}

	@Override
	public void close() throws IOException {
		this.delegate.close();
	}

}
