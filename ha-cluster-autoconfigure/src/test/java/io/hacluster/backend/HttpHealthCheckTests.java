package io.hacluster.backend;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Test;

import io.hacluster.backend.BackendHealth.Status;
import io.hacluster.test.FreePort;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Tests for {@link HttpHealthCheck}.
 */
class HttpHealthCheckTests {

	@Test
	void checkReportsWhatTheUrlAnswers() throws Exception {
		HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		server.createContext("/", (exchange) -> {
			exchange.sendResponseHeaders(Integer.parseInt(exchange.getRequestURI().getPath().substring(1)), -1);
			exchange.close();
		});
		server.start();
		try {
			int port = server.getAddress().getPort();
			assertThat(check(port, "/200").status()).isEqualTo(Status.UP);
			assertThat(check(port, "/302").status()).isEqualTo(Status.UP);
			BackendHealth health = check(port, "/503");
			assertThat(health.status()).isEqualTo(Status.DOWN);
			assertThat(health.detail()).isEqualTo("http://127.0.0.1:" + port + "/503 answers 503");
		}
		finally {
			server.stop(0);
		}
	}

	@Test
	void checkWhenNothingListensReportsDown() throws Exception {
		BackendHealth health = check(FreePort.find(), "/");
		assertThat(health.status()).isEqualTo(Status.DOWN);
		assertThat(health.detail()).contains("cannot be asked");
	}

	@Test
	void checkWhenTheUrlNeverAnswersCostsNoMoreThanTheTimeout() throws Exception {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			BackendHealth health = new HttpHealthCheck(URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/"),
					Duration.ofMillis(200))
				.check();
			assertThat(health.status()).isEqualTo(Status.DOWN);
			assertThat(health.detail()).containsAnyOf("does not answer within 200 ms", "timed out");
		}
	}

	@Test
	void checkWhenTheBodyTricklesCostsNoMoreThanTheTimeout() throws Exception {
		CountDownLatch end = new CountDownLatch(1);
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			Thread server = new Thread(() -> trickle(socket, end));
			server.start();
			BackendHealth health = new HttpHealthCheck(URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/"),
					Duration.ofMillis(500))
				.check();
			assertThat(health.status()).isEqualTo(Status.DOWN);
			end.countDown();
			server.join();
		}
	}

	@Test
	void createWhenUrlIsNotHttpIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new HttpHealthCheck(URI.create("file:///etc/passwd"), Duration.ofSeconds(1)));
	}

	private static void trickle(ServerSocket server, CountDownLatch end) {
		try (Socket socket = server.accept()) {
			socket.getOutputStream()
				.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			while (!end.await(50, TimeUnit.MILLISECONDS)) {
				socket.getOutputStream().write('x');
			}
		}
		catch (IOException | InterruptedException ex) {
			// The client has had enough.
		}
	}

	private static BackendHealth check(int port, String path) {
		return new HttpHealthCheck(URI.create("http://127.0.0.1:" + port + path), Duration.ofSeconds(60)).check();
	}

}
