package io.hacluster.backend.systemd;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.test.Leftovers;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link SystemdNotifier}, with a socket such as systemd has.
 */
@ExtendWith(Leftovers.class)
class SystemdNotifierTests {

	private final AtomicBoolean settled = new AtomicBoolean();

	private final AtomicBoolean alive = new AtomicBoolean(true);

	private final AtomicReference<String> status = new AtomicReference<>("follower, no leader known");

	private final StringBuilder received = new StringBuilder();

	private Receiver receiver;

	private SystemdNotifier notifier;

	@AfterEach
	void close() {
		if (this.notifier != null) {
			this.notifier.close();
		}
		if (this.receiver != null) {
			this.receiver.close();
		}
	}

	@Test
	void startWhenNobodyAsksDoesNothing() {
		assertThat(start(Map.of())).isEmpty();
		assertThat(start(Map.of("NOTIFY_SOCKET", "vsock:2:1234"))).isEmpty();
		assertThat(start(Map.of("NOTIFY_SOCKET", "relative"))).isEmpty();
		assertThat(start(Map.of("NOTIFY_SOCKET", "/" + "x".repeat(200)))).isEmpty();
	}

	@Test
	void readinessIsToldOnceTheApplicationHasStartedAndTheNodeHasSettled() {
		start("@ha-notify-" + ProcessHandle.current().pid());
		await("STATUS=follower, no leader known\n");
		this.notifier.started();
		this.status.set("follower of\nnode-b");
		await("STATUS=follower of node-b\n");
		assertThat(received()).doesNotContain("READY");
		this.settled.set(true);
		await("READY=1\n");
		this.status.set("leader, epoch 7");
		await("STATUS=leader, epoch 7\n");
		assertThat(received()).containsOnlyOnce("READY=1").doesNotContain("WATCHDOG");
		this.notifier.stopping(Duration.ofSeconds(92));
		await("STOPPING=1\nEXTEND_TIMEOUT_USEC=92000000");
	}

	@Test
	void notificationsReachASocketOfTheFileSystem() {
		Path path = Path.of("/tmp/ha-notify-" + ProcessHandle.current().pid());
		try {
			start(path.toString());
			await("STATUS=");
		}
		finally {
			path.toFile().delete();
		}
	}

	@Test
	void watchdogIsToldOftenEnoughWhileTheNodeIsAliveAndNoLonger() {
		start("@ha-watchdog-" + ProcessHandle.current().pid(), "WATCHDOG_USEC", "200000", "WATCHDOG_PID",
				String.valueOf(ProcessHandle.current().pid()));
		Awaitility.await().until(() -> received().split("WATCHDOG=1", -1).length > 10);
		this.alive.set(false);
		this.status.set("stuck");
		await("STATUS=stuck");
		String before = received().substring(received().indexOf("STATUS=stuck"));
		assertThat(before).doesNotContain("WATCHDOG=1");
		this.status.set("still stuck");
		await("STATUS=still stuck");
		assertThat(received().substring(received().indexOf("STATUS=stuck"))).doesNotContain("WATCHDOG=1");
	}

	@Test
	void watchdogOfAnotherProcessIsNotTold() {
		start("@ha-other-" + ProcessHandle.current().pid(), "WATCHDOG_USEC", "100000", "WATCHDOG_PID", "1");
		await("STATUS=");
		this.status.set("leader");
		await("STATUS=leader");
		assertThat(received()).doesNotContain("WATCHDOG");
	}

	private void start(String address, String... more) {
		this.receiver = new Receiver(address);
		Map<String, String> environment = (more.length == 0) ? Map.of("NOTIFY_SOCKET", address)
				: Map.of("NOTIFY_SOCKET", address, more[0], more[1], more[2], more[3]);
		this.notifier = start(environment).orElseThrow();
	}

	private Optional<SystemdNotifier> start(Map<String, String> environment) {
		return SystemdNotifier.start(new NodeIdentity("test", new NodeId("a"), "1"), environment,
				ProcessHandle.current().pid(),
				new SystemdNotifier.State(this.settled::get, this.status::get, this.alive::get));
	}

	private void await(String text) {
		Awaitility.await().until(() -> received().contains(text));
	}

	private String received() {
		for (String next = this.receiver.poll(); !next.isEmpty(); next = this.receiver.poll()) {
			this.received.append(next);
		}
		return this.received.toString();
	}

	/**
	 * The other end.
	 */
	private static final class Receiver {

		private static final int MSG_DONTWAIT = 0x40;

		private final LibC libc = Native.load("c", LibC.class);

		private final int socket;

		Receiver(String name) {
			byte[] path = name.replace('@', '\0').getBytes(StandardCharsets.UTF_8);
			byte[] address = ByteBuffer.allocate(2 + path.length)
				.order(ByteOrder.nativeOrder())
				.putShort((short) 1)
				.put(path)
				.array();
			this.socket = this.libc.socket(1, 2, 0);
			this.libc.bind(this.socket, address, address.length);
		}

		String poll() {
			byte[] buffer = new byte[4096];
			try {
				int length = this.libc.recv(this.socket, buffer, buffer.length, MSG_DONTWAIT);
				return new String(buffer, 0, length, StandardCharsets.UTF_8);
			}
			catch (LastErrorException ex) {
				return "";
			}
		}

		void close() {
			this.libc.close(this.socket);
		}

		interface LibC extends Library {

			int socket(int domain, int type, int protocol) throws LastErrorException;

			int bind(int socket, byte[] address, int length) throws LastErrorException;

			int recv(int socket, byte[] buffer, int length, int flags) throws LastErrorException;

			int close(int socket) throws LastErrorException;

		}

	}

}
