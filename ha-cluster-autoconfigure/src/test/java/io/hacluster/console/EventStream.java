package io.hacluster.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A client of the stream of events.
 */
final class EventStream implements AutoCloseable {

	private final List<String> lines = new CopyOnWriteArrayList<>();

	private final InputStream in;

	private final int status;

	private volatile boolean ended;

	EventStream(URI uri) throws IOException, InterruptedException {
		HttpResponse<InputStream> response = HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofInputStream());
		this.status = response.statusCode();
		this.in = response.body();
		Thread reader = new Thread(this::read, "event-stream");
		reader.setDaemon(true);
		reader.start();
	}

	private void read() {
		try (BufferedReader reader = new BufferedReader(new InputStreamReader(this.in, StandardCharsets.UTF_8))) {
			String line = reader.readLine();
			while (line != null) {
				this.lines.add(line);
				line = reader.readLine();
			}
			this.ended = true;
		}
		catch (IOException ex) {
			// Closed on this side, or cut off
		}
	}

	int status() {
		return this.status;
	}

	List<String> lines() {
		return this.lines;
	}

	/**
	 * Whether the server has ended the stream in order.
	 */
	boolean ended() {
		return this.ended;
	}

	@Override
	public void close() throws IOException {
		this.in.close();
	}

}
