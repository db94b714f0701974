package io.hacluster.console;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webmvc.autoconfigure.error.ErrorMvcAutoConfiguration;
import org.springframework.context.annotation.Configuration;

import io.hacluster.ClusterRole;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Pages that are closed are nothing to warn of, and do the pages after them no harm.
 */
@ExtendWith(OutputCaptureExtension.class)
class ConsoleClosedPageTests {

	/**
	 * Who ends the request first, its thread or the container, is chance. Without what is
	 * tested here, there is a warning for about one page of three.
	 */
	private static final int PAGES = 24;

	private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();

	@AfterEach
	void shutDown() {
		this.executor.shutdownNow();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void pageThatIsClosedWhileEventsFlowIsNothingToWarnOf(boolean reset, CapturedOutput output) throws Exception {
		// The warning is of the error page, which applications have
		try (FakeNode node = FakeNode.start(List.of(FakeNode.Application.class, ErrorPages.class),
				ConsoleAccess.READ_ONLY)) {
			letEventsFlow(node.cluster());
			for (int i = 0; i < PAGES; i++) {
				openAndClose(node, reset);
				Awaitility.await().pollInterval(Duration.ofMillis(10)).until(() -> node.console().pages() == 0);
			}
			// The graceful shutdown waits for what the container still does with them
		}
		assertThat(output).contains("Graceful shutdown complete");
		assertThat(output.toString().lines()).noneMatch((line) -> line.matches(".* (WARN|ERROR) .*"));
	}

	private void letEventsFlow(FakeCluster cluster) {
		AtomicLong position = new AtomicLong();
		this.executor.scheduleWithFixedDelay(
				() -> cluster.show(null,
						FakeCluster
							.alive(FakeCluster.member("a", ClusterRole.LEADER, position.incrementAndGet(), null))),
				0, 5, TimeUnit.MILLISECONDS);
	}

	private static void openAndClose(FakeNode node, boolean reset) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), node.port())) {
			socket.setSoLinger(reset, 0);
			socket.getOutputStream()
				.write("GET /ha/stream HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			BufferedReader in = new BufferedReader(
					new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
			String line = in.readLine();
			while (line != null && !line.equals("event: state")) {
				line = in.readLine();
			}
			assertThat(line).as("an event").isNotNull();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(ErrorMvcAutoConfiguration.class)
	static class ErrorPages {

	}

}
