package io.hacluster.vip;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

import io.hacluster.NodeId;
import io.hacluster.NodeIdentity;
import io.hacluster.vip.announce.PacketAnnouncer;

/**
 * A JVM that holds a virtual IP on eth0. Told {@code check}, it looks whether it may and
 * ends; told {@code hold}, its lease is renewed every 100 ms but ends when it has not run
 * for its duration, as with a real election.
 */
final class AddressKeeperProcess {

	static final Duration LEASE = Duration.ofSeconds(2);

	private static final Duration PAUSE = Duration.ofMillis(100);

	private AddressKeeperProcess() {
	}

	public static void main(String[] args) {
		VirtualIpSettings settings = new VirtualIpSettings("eth0",
				List.of(args).subList(1, args.length).stream().map(CidrAddress::parse).toList(), 1,
				Duration.ofMillis(50), Duration.ofSeconds(30), false, Duration.ofMillis(100));
		try (LinuxVirtualIp vip = new LinuxVirtualIp(new NodeIdentity("test", new NodeId("a"), "1"), settings,
				new PacketAnnouncer(), (link, asked, wait) -> Map.of(), Clock.systemUTC())) {
			vip.verify();
			if (args[0].equals("check")) {
				return;
			}
			long end = System.nanoTime() + LEASE.toNanos();
			while (end - System.nanoTime() > 0) {
				long until = end;
				try {
					vip.acquire(() -> Duration.ofNanos(until - System.nanoTime()));
				}
				catch (VirtualIpException ex) {
					break;
				}
				LockSupport.parkNanos(PAUSE.toNanos());
				if (end - System.nanoTime() > 0) {
					end = System.nanoTime() + LEASE.toNanos();
				}
			}
			lost();
		}
		catch (UnusableVirtualIpException ex) {
			System.out.println(ex.getMessage() + "\n" + ex.getAction());
			System.exit(1);
		}
	}

	/**
	 * Does not even release, as a node would.
	 */
	private static void lost() {
		System.out.println("lost");
		LockSupport.parkNanos(Duration.ofSeconds(60).toNanos());
	}

}
