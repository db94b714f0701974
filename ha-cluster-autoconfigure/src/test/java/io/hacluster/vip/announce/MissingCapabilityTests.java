package io.hacluster.vip.announce;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.hacluster.Ticker;
import io.hacluster.test.JavaProcess;
import io.hacluster.test.Requirements;
import io.hacluster.vip.Link;
import io.hacluster.vip.MacAddress;
import io.hacluster.vip.VirtualIpException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A process that lacks {@code CAP_NET_RAW} is told so, once and clearly.
 */
class MissingCapabilityTests {

	@Test
	void verifyAndHoldersNameTheCapability() throws Exception {
		Requirements.require("root".equals(System.getProperty("user.name")), "only root can give up a capability");
		Requirements.require(Files.isExecutable(Path.of("/usr/bin/setpriv")),
				"the command 'setpriv' (package util-linux) is missing");
		List<String> command = new ArrayList<>(
				List.of("/usr/bin/setpriv", "--inh-caps", "-net_raw", "--bounding-set", "-net_raw"));
		command.addAll(JavaProcess.command(MissingCapabilityTests.class, "64m"));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		process.getOutputStream().close();
		String message = "This process lacks the capability CAP_NET_RAW, without which a virtual IP (ha.cluster.vip) can "
				+ "neither be announced nor asked for: grant it in AmbientCapabilities= of the systemd unit, or with "
				+ "--cap-add NET_RAW in Docker";
		assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines())
			.containsExactly(message, message, message);
		assertThat(process.waitFor()).isZero();
	}

	/**
	 * The process without the capability.
	 */
	public static void main(String... arguments) {
		Link link = new Link(1, "lo", new MacAddress(1), true);
		try (PacketAnnouncer announcer = new PacketAnnouncer()) {
			tell(() -> announcer.verify(link));
			tell(() -> announcer.announce(link, List.of(AnnounceBed.IPV4, AnnounceBed.IPV6)));
		}
		tell(() -> new PacketConflictProbe(Duration.ZERO, Ticker.SYSTEM).holders(link, List.of(AnnounceBed.IPV4),
				Duration.ofSeconds(1)));
	}

	private static void tell(Runnable action) {
		try {
			action.run();
		}
		catch (VirtualIpException ex) {
			System.out.println(ex.getMessage());
		}
	}

}
