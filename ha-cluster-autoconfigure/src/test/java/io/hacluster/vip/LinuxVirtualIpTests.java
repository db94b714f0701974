package io.hacluster.vip;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.Platform;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;
import io.hacluster.test.JavaProcess;
import io.hacluster.test.NetworkNamespace;
import io.hacluster.test.Requirements;
import io.hacluster.vip.announce.PacketAnnouncer;
import io.hacluster.vip.announce.PacketConflictProbe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link LinuxVirtualIp} against the kernel, in a network of its own.
 */
class LinuxVirtualIpTests {

	private static final Duration LEASE = Duration.ofSeconds(30);

	private final List<InetAddress> announced = new CopyOnWriteArrayList<>();

	private final List<LinuxVirtualIp> open = new ArrayList<>();

	private NetworkNamespace network;

	private NetworkNamespace host;

	@BeforeEach
	void connect() {
		this.network = NetworkNamespace.bridge("vip-net");
		this.host = NetworkNamespace.host("vip-a");
		this.host.connect("eth0", this.network, "10.0.0.2/24", "2001:db8::2/64");
	}

	@AfterEach
	void close() {
		this.open.forEach(LinuxVirtualIp::close);
		this.host.close();
		this.network.close();
	}

	@Test
	void acquireAddsTheAddressesAloneMarkedAndWithALifetime() throws Exception {
		LinuxVirtualIp vip = vip("10.0.0.100/24", "2001:db8::100/64");
		acquire(vip, Duration.ofMillis(2900));
		assertThat(show()).containsPattern("inet 10.0.0.100/32 .*dynamic.* eth0:ha\n +valid_lft 2sec")
			.containsPattern("inet6 2001:db8::100/128 .*deprecated.*\n +valid_lft 2sec")
			.doesNotContain("tentative");
		assertThat(assigned()).filteredOn(AssignedAddress::isOurs)
			.allSatisfy((address) -> assertThat(address.marked()).isTrue())
			.extracting((address) -> address.address().toString())
			.containsExactlyInAnyOrder("10.0.0.100/32", "2001:db8::100/128");
		assertThat(this.announced).contains(InetAddress.getByName("10.0.0.100"),
				InetAddress.getByName("2001:db8::100"));
		vip.release();
		assertThat(show()).doesNotContain("10.0.0.100").doesNotContain("2001:db8::100");
		vip.release();
	}

	@Test
	void renewalLeavesNoGapAndProlongsTheLifetime() throws Exception {
		LinuxVirtualIp vip = vip("10.0.0.100/24", "2001:db8::100/64");
		this.host.call(() -> {
			try (HostChanges changes = new HostChanges()) {
				for (int i = 0; i < 20; i++) {
					vip.acquire(() -> Duration.ofMillis(2100));
				}
				vip.acquire(() -> LEASE);
				assertThat(changes.await(Duration.ZERO)).extracting(HostChange::kind)
					.doesNotContain(HostChange.Kind.ADDRESS_REMOVED, HostChange.Kind.UNKNOWN);
			}
			return true;
		});
		assertThat(show()).containsPattern("10.0.0.100/32 .*\n +valid_lft (30|29)sec");
		assertThat(vip.status().repairs()).isZero();
	}

	@Test
	void lifetimeCanBeShortened() throws Exception {
		LinuxVirtualIp vip = vip("10.0.0.100/24", "2001:db8::100/64");
		acquire(vip, LEASE);
		acquire(vip, Duration.ofSeconds(2));
		assertThat(show()).doesNotContain("valid_lft 29sec").doesNotContain("valid_lft 30sec");
	}

	@Test
	void expiryLeavesTheOtherAddressesOfTheSubnet() throws Exception {
		assertThat(this.host.run("cat", "/proc/sys/net/ipv4/conf/eth0/promote_secondaries")).isEqualTo("0\n");
		// Another subnet on the same interface, in which the virtual IP is first.
		LinuxVirtualIp vip = vip("10.9.0.100/24");
		acquire(vip, Duration.ofMillis(1900));
		this.host.ip("addr", "add", "10.9.0.5/24", "dev", "eth0");
		vip.close();
		await().until(() -> !show().contains("10.9.0.100"));
		assertThat(show()).contains("10.0.0.2/24", "10.9.0.5/24", "2001:db8::2/64");
	}

	@Test
	void addressTakenAwayByHandIsPutBackAtOnce() throws Exception {
		LinuxVirtualIp vip = vip("10.0.0.100/24", "2001:db8::100/64");
		acquire(vip, LEASE);
		this.host.ip("addr", "del", "10.0.0.100/32", "dev", "eth0");
		await().until(() -> show().contains("10.0.0.100/32"));
		this.host.ip("addr", "del", "2001:db8::100/128", "dev", "eth0");
		await().until(() -> show().contains("2001:db8::100/128"));
		await().until(() -> vip.status().repairs() == 2);
	}

	@Test
	void linkThatWentDownAndUpHasTheAddressesAgainAndIsAnnouncedOn() throws Exception {
		LinuxVirtualIp vip = vip("10.0.0.100/24", "2001:db8::100/64");
		acquire(vip, LEASE);
		this.host.ip("link", "set", "eth0", "down");
		await().until(() -> vip.status().problem() != null);
		this.announced.clear();
		this.host.ip("link", "set", "eth0", "up");
		await().until(() -> show().contains("2001:db8::100/128") && show().contains("10.0.0.100/32"));
		await().until(() -> this.announced.size() >= 4);
		await().until(() -> vip.status().problem() == null);
	}

	@Test
	void carrierThatWasLostAndCameBackIsAnnouncedOn() throws Exception {
		LinuxVirtualIp vip = vip("10.0.0.100/24");
		acquire(vip, LEASE);
		this.network.ip("link", "set", "p1", "down");
		await().until(() -> vip.status().problem() != null);
		assertThat(vip.status().problem()).contains("no carrier");
		this.announced.clear();
		this.network.ip("link", "set", "p1", "up");
		await().until(() -> !this.announced.isEmpty());
		assertThat(vip.status().repairs()).isZero();
	}

	@Test
	void interfaceMadeAnewGetsTheAddressWithTheNextRenewal() throws Exception {
		LinuxVirtualIp vip = vip("10.0.0.100/24");
		acquire(vip, LEASE);
		this.host.ip("link", "delete", "eth0");
		await().until(() -> vip.status().problem() != null);
		assertThatExceptionOfType(VirtualIpException.class).isThrownBy(() -> acquire(vip, LEASE))
			.withMessageContaining("There is no interface eth0");
		this.host.connect("eth0", this.network, "10.0.0.2/24");
		await().until(() -> show().contains("10.0.0.100/32"));
		acquire(vip, LEASE);
		await().until(() -> vip.status().problem() == null);
	}

	@Test
	void releaseWhenSimilarAddressesAreThereLeavesThem() throws Exception {
		// Peer defect 24: addresses matched by substring.
		this.host.ip("addr", "add", "10.0.0.10/24", "dev", "eth0");
		this.host.ip("addr", "add", "110.0.0.1/24", "dev", "eth0");
		this.host.ip("addr", "add", "2001:db8::1:1/64", "dev", "eth0");
		LinuxVirtualIp vip = vip("10.0.0.1/24", "2001:db8::1/64");
		acquire(vip, LEASE);
		assertThat(show()).contains("10.0.0.1/32", "2001:db8::1/128");
		vip.release();
		assertThat(show()).contains("10.0.0.10/24", "110.0.0.1/24", "2001:db8::1:1/64")
			.doesNotContain("10.0.0.1/32", "2001:db8::1/128");
	}

	@Test
	void releaseTakesAwayWhatAFormerLifeHasLeft() throws Exception {
		LinuxVirtualIp former = vip("10.0.0.100/24", "2001:db8::100/64");
		acquire(former, LEASE);
		former.close();
		assertThat(show()).contains("10.0.0.100/32");
		LinuxVirtualIp next = vip("10.0.0.100/24", "2001:db8::100/64");
		this.host.call(() -> {
			next.release();
			return true;
		});
		assertThat(show()).doesNotContain("10.0.0.100").doesNotContain("2001:db8::100");
	}

	@Test
	void strangerOnTheAddressFailsTheAcquisitionWithHisHardwareAddress() throws Exception {
		try (NetworkNamespace stranger = NetworkNamespace.host("vip-b")) {
			stranger.connect("eth0", this.network, "10.0.0.100/24", "2001:db8::100/64");
			String mac = stranger.run("cat", "/sys/class/net/eth0/address").strip();
			for (String address : List.of("10.0.0.100/24", "2001:db8::100/64")) {
				LinuxVirtualIp vip = vip(new PacketAnnouncer(),
						new PacketConflictProbe(Duration.ofMillis(300), Ticker.SYSTEM), address);
				assertThatExceptionOfType(VirtualIpException.class).isThrownBy(() -> acquire(vip, LEASE))
					.withMessageContaining("Another host has the virtual IP")
					.withMessageContaining(mac);
				assertThat(show()).doesNotContain(address.substring(0, address.indexOf('/')) + "/");
				assertThat(vip.status().conflicts()).isOne();
			}
		}
	}

	@Test
	void neighbourFindsTheAddressWhereItHasMoved() throws Exception {
		try (NetworkNamespace other = NetworkNamespace.host("vip-b");
				NetworkNamespace client = NetworkNamespace.host("vip-c")) {
			other.connect("eth0", this.network, "10.0.0.3/24");
			client.connect("eth0", this.network, "10.0.0.4/24");
			LinuxVirtualIp first = vip(new PacketAnnouncer(),
					new PacketConflictProbe(Duration.ofSeconds(1), Ticker.SYSTEM), "10.0.0.100/24");
			acquire(first, LEASE);
			client.call(() -> {
				try (Socket socket = new Socket()) {
					// Nobody listens, but is asked for.
					assertThatIOException()
						.isThrownBy(() -> socket.connect(new InetSocketAddress("10.0.0.100", 9), 10_000));
				}
				return true;
			});
			assertThat(client.ip("neigh", "show", "10.0.0.100"))
				.contains(this.host.run("cat", "/sys/class/net/eth0/address").strip());
			first.release();
			LinuxVirtualIp second = vip(new PacketAnnouncer(),
					new PacketConflictProbe(Duration.ofSeconds(1), Ticker.SYSTEM), "10.0.0.100/24");
			other.call(() -> {
				second.acquire(() -> LEASE);
				return true;
			});
			String mac = other.run("cat", "/sys/class/net/eth0/address").strip();
			await().until(() -> client.ip("neigh", "show", "10.0.0.100").contains(mac));
		}
	}

	@Test
	void addressVanishesWithoutUsWhenTheProcessIsKilled() throws Exception {
		Process process = start("hold", "10.0.0.100/24", "2001:db8::100/64");
		try {
			awaitHeld();
			process.destroyForcibly().waitFor();
			long killed = System.nanoTime();
			await().until(() -> !show().contains("10.0.0.100/32") && !show().contains("2001:db8::100/128"));
			// Lease, lateness of the kernel and much for a busy machine.
			assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(10));
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	@Test
	void frozenProcessLosesTheAddressAndDoesNotResurrectItWhenItThaws() throws Exception {
		Process process = start("hold", "10.0.0.100/24", "2001:db8::100/64");
		try {
			awaitHeld();
			BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
			signal("STOP", process);
			long stopped = System.nanoTime();
			await().until(() -> System.nanoTime() - stopped > AddressKeeperProcess.LEASE.multipliedBy(2).toNanos());
			await().until(() -> !show().contains("10.0.0.100/32") && !show().contains("2001:db8::100/128"));
			List<HostChange> seen = this.host.call(() -> {
				try (HostChanges changes = new HostChanges()) {
					signal("CONT", process);
					String line = output.readLine();
					while (line != null && !line.equals("lost")) {
						line = output.readLine();
					}
					assertThat(line).isNotNull();
					return changes.await(Duration.ofSeconds(1));
				}
			});
			assertThat(show()).doesNotContain("10.0.0.100/32").doesNotContain("2001:db8::100/128");
			assertThat(seen).isEmpty();
		}
		finally {
			process.destroyForcibly().waitFor();
		}
	}

	@Test
	void changesThatCannotBeHeardAnyMoreAreHeardAgain() throws Exception {
		LinuxVirtualIp vip = vip("10.0.0.100/24");
		acquire(vip, LEASE);
		String failing = this.host.call(LinuxVirtualIpTests::changesDescriptor);
		LinuxCalls calls = LinuxCalls.load();
		int noSocket = calls.eventfd(0, 0);
		Native.load(Platform.C_LIBRARY_NAME, Descriptors.class).dup2(noSocket, Integer.parseInt(failing));
		calls.close(noSocket);
		acquire(vip, LEASE);
		await().until(() -> !this.host.call(LinuxVirtualIpTests::changesDescriptor).isEmpty());
		this.host.ip("addr", "del", "10.0.0.100/32", "dev", "eth0");
		await().until(() -> vip.status().repairs() == 1);
		assertThat(show()).contains("10.0.0.100/32");
	}

	/**
	 * Returns the number of the descriptor by which this process hears of addresses of
	 * this host, empty if it does not.
	 */
	private static String changesDescriptor() throws IOException {
		List<String> inodes;
		try (Stream<String> sockets = Files.lines(Path.of("/proc/thread-self/net/netlink"))) {
			inodes = sockets.map((socket) -> socket.trim().split(" +"))
				.filter((socket) -> socket[3].equals("00000111"))
				.map((socket) -> "socket:[" + socket[socket.length - 1] + "]")
				.toList();
		}
		for (String descriptor : Objects.requireNonNull(new File("/proc/self/fd").list())) {
			Path link = Path.of("/proc/self/fd", descriptor);
			if (Files.isSymbolicLink(link) && inodes.contains(Files.readSymbolicLink(link).toString())) {
				return descriptor;
			}
		}
		return "";
	}

	@Test
	void processWithoutTheCapabilitySaysSoAndWhatToDo() throws Exception {
		Requirements.require(new ProcessBuilder("setpriv", "--version").start().waitFor() == 0,
				"the command 'setpriv' (package util-linux) is missing");
		assertThat(output("-net_admin")).contains("lacks the capability CAP_NET_ADMIN",
				"AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW");
		assertThat(output("-net_raw")).contains("CAP_NET_RAW", "AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW");
	}

	private String output(String capability) throws IOException, InterruptedException {
		List<String> command = new ArrayList<>(
				List.of("setpriv", "--bounding-set", capability, "--inh-caps", capability));
		command.addAll(JavaProcess.command(AddressKeeperProcess.class, "32m", "check", "10.0.0.100/24"));
		Process process = new ProcessBuilder(this.host.command(command)).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isOne();
		return output;
	}

	private Process start(String... arguments) throws IOException {
		return new ProcessBuilder(this.host.command(JavaProcess.command(AddressKeeperProcess.class, "32m", arguments)))
			.redirectError(ProcessBuilder.Redirect.DISCARD)
			.start();
	}

	private void awaitHeld() {
		await().until(() -> show().contains("10.0.0.100/32") && show().contains("2001:db8::100/128"));
	}

	private static void signal(String name, Process process) throws IOException, InterruptedException {
		assertThat(new ProcessBuilder("kill", "-" + name, String.valueOf(process.pid())).start().waitFor()).isZero();
	}

	private String show() {
		return this.host.ip("addr", "show", "dev", "eth0");
	}

	private List<AssignedAddress> assigned() throws Exception {
		return this.host.call(() -> {
			try (RtnetlinkTable table = new RtnetlinkTable()) {
				return table.addresses();
			}
		});
	}

	private void acquire(LinuxVirtualIp vip, Duration lifetime) throws Exception {
		this.host.call(() -> {
			vip.acquire(() -> lifetime);
			return true;
		});
	}

	private LinuxVirtualIp vip(String... addresses) {
		return vip(new Announcer() {

			@Override
			public void verify(Link link) {
			}

			@Override
			public void announce(Link link, List<InetAddress> addresses) {
				LinuxVirtualIpTests.this.announced.addAll(addresses);
			}

		}, (link, asked, wait) -> new HashMap<>(), addresses);
	}

	private LinuxVirtualIp vip(Announcer announcer, ConflictProbe probe, String... addresses) {
		VirtualIpSettings settings = new VirtualIpSettings("eth0",
				List.of(addresses).stream().map(CidrAddress::parse).toList(), 2, Duration.ofMillis(50),
				Duration.ofSeconds(30), true, Duration.ofMillis(100));
		LinuxVirtualIp vip = new LinuxVirtualIp(new NodeIdentity("test", new NodeId("a"), "1"), settings, announcer,
				probe, Clock.systemUTC());
		this.open.add(vip);
		return vip;
	}

	interface Descriptors extends Library {

		int dup2(int descriptor, int replaced) throws LastErrorException;

	}

}
