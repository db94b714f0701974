package io.hacluster.test;

import java.nio.file.Path;

import io.nats.client.Connection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class NatsServerTests {

	@TempDir
	Path directory;

	@Test
	void restartWhenKilledKeepsPortAndAnswersWithJetStream() throws Exception {
		try (NatsServer server = NatsServer.start(this.directory)) {
			String url = server.url();
			server.kill();
			server.restart();
			assertThat(server.url()).isEqualTo(url);
			try (Connection connection = server.connect()) {
				await().ignoreExceptions().until(() -> connection.jetStreamManagement().getAccountStatistics() != null);
				assertThat(connection.getServerInfo().getVersion()).isEqualTo(NatsServer.version());
			}
		}
	}

}
