package io.hacluster.autoconfigure;

import java.nio.file.Path;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

import io.hacluster.test.NatsServer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * What an application that cannot use NATS prints before it ends.
 */
@ExtendWith(OutputCaptureExtension.class)
class NatsStartupCheckTests {

	@TempDir
	Path directory;

	@Test
	void applicationWhenServerCannotBeReachedSaysSo(CapturedOutput output) {
		run("--ha.cluster.nats.servers=nats://127.0.0.1:1", "--ha.cluster.nats.startup-timeout=500ms");
		assertThat(output).contains("APPLICATION FAILED TO START", "Cannot reach NATS at nats://127.0.0.1:1",
				"'ha.cluster.nats.servers'", "'ha.cluster.nats.startup-timeout'");
	}

	@Test
	void applicationWhenPasswordIsWrongSaysSoAtOnce(CapturedOutput output) {
		try (NatsServer server = NatsServer.start(this.directory, "authorization { user: app, password: right }")) {
			run("--ha.cluster.nats.servers=" + server.url(), "--ha.cluster.nats.username=app",
					"--ha.cluster.nats.password=wrong", "--ha.cluster.nats.startup-timeout=1h");
		}
		assertThat(output)
			.contains("APPLICATION FAILED TO START", "refuses the credentials", "'ha.cluster.nats.password'")
			.doesNotContain("wrong");
	}

	@Test
	void applicationWhenJetStreamIsOffSaysSo(CapturedOutput output) {
		try (NatsServer server = NatsServer.startWithoutJetStream(this.directory)) {
			run("--ha.cluster.nats.servers=" + server.url(), "--ha.cluster.nats.startup-timeout=500ms");
		}
		assertThat(output).contains("APPLICATION FAILED TO START", "JetStream", "nats-server -js");
	}

	private void run(String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		String[] all = new String[arguments.length + 3];
		System.arraycopy(arguments, 0, all, 3, arguments.length);
		all[0] = "--ha.cluster.name=test";
		all[1] = "--ha.cluster.node-id=a";
		all[2] = "--ha.cluster.store=nats";
		assertThatException().isThrownBy(() -> application.run(all).close());
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ HaClusterAutoConfiguration.class, HaClusterNatsAutoConfiguration.class,
			HaClusterBackendAutoConfiguration.class })
	static class Application {

	}

}
