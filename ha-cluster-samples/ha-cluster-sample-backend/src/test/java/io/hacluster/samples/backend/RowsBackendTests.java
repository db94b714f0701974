package io.hacluster.samples.backend;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

class RowsBackendTests {

	@TempDir
	private Path directory;

	private RowsBackend backend;

	private final HttpClient client = HttpClient.newHttpClient();

	@BeforeEach
	void start() throws Exception {
		this.backend = RowsBackend.start(loopback(0), database());
	}

	@AfterEach
	void close() throws Exception {
		this.backend.close();
	}

	@Test
	void postWhenTheNumberIsNewIsCreated() throws Exception {
		assertThat(post("/rows?id=7", "seven").statusCode()).isEqualTo(201);
		assertThat(get("/rows/count").body()).isEqualTo("1\n");
		assertThat(get("/rows?after=0").body()).isEqualTo("7\tseven\n");
		assertThat(get("/rows?after=7").body()).isEmpty();
	}

	@Test
	void postWhenTheNumberIsTakenIsAConflictAndChangesNothing() throws Exception {
		post("/rows?id=7", "seven");
		assertThat(post("/rows?id=7", "other").statusCode()).isEqualTo(409);
		assertThat(get("/rows").body()).isEqualTo("7\tseven\n");
	}

	@Test
	void postWhenTheNumberOrPayloadIsWrongIsABadRequest() throws Exception {
		assertThat(post("/rows", "x").statusCode()).isEqualTo(400);
		assertThat(post("/rows?id=-1", "x").statusCode()).isEqualTo(400);
		assertThat(post("/rows?id=1", "two\nlines").statusCode()).isEqualTo(400);
		assertThat(get("/rows/count").body()).isEqualTo("0\n");
	}

	@Test
	void getWhenHealthyIsUp() throws Exception {
		assertThat(get("/health").statusCode()).isEqualTo(200);
		assertThat(get("/nothing").statusCode()).isEqualTo(404);
	}

	@Test
	void closeKeepsWhatWasAnsweredAndTakesTheWriteAheadLogAway() throws Exception {
		post("/rows?id=1", "one");
		this.backend.close();
		assertThat(this.directory.resolve("data.db-wal")).doesNotExist();
		this.backend = RowsBackend.start(loopback(0), database());
		assertThat(get("/rows").body()).isEqualTo("1\tone\n");
	}

	@Test
	void startWhenThePortIsTakenDoesNotTouchTheDatabase() {
		Path other = this.directory.resolve("other.db");
		assertThatException().isThrownBy(() -> RowsBackend.start(loopback(this.backend.port()), other));
		assertThat(other).doesNotExist();
	}

	private static InetSocketAddress loopback(int port) {
		return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
	}

	private Path database() {
		return this.directory.resolve("data.db");
	}

	private HttpResponse<String> get(String path) throws Exception {
		return this.client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
	}

	private HttpResponse<String> post(String path, String body) throws Exception {
		return this.client.send(
				HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofString(body)).build(),
				HttpResponse.BodyHandlers.ofString());
	}

	private URI uri(String path) {
		return URI.create("http://localhost:" + this.backend.port() + path);
	}

}
