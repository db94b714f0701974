package io.hacluster.vip.announce;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.hacluster.test.Fuzz;
import io.hacluster.test.Seeds;
import io.hacluster.vip.MacAddress;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Anybody on the link can send anything: it is read or it is not, without an exception
 * and without memory to speak of.
 */
class PacketFuzzTests {

	private static final MacAddress MAC = new MacAddress(0x02005e005301L);

	private static final List<byte[]> PACKETS = List.of(ArpPacket.probe(MAC, (Inet4Address) AnnounceBed.IPV4).encode(),
			ArpPacket.unsolicitedReply(MAC, (Inet4Address) AnnounceBed.IPV4).encode(),
			NeighborPacket.probe((Inet6Address) AnnounceBed.IPV6).encode(),
			NeighborPacket.advertisement(MAC, (Inet6Address) AnnounceBed.IPV6).encode());

	// Room for what the JVM allocates when a branch is taken for the first time, and less
	// than the greatest length that a packet can claim.
	private final Fuzz fuzz = new Fuzz(1 << 15, 4);

	private int read;

	@Test
	void claimsInDamagedPacketsNeverThrow() throws Exception {
		Seeds.run(500, (random) -> {
			for (int i = 0; i < 100; i++) {
				byte[] damaged = Fuzz.damage(PACKETS.get(random.nextInt(PACKETS.size())), PACKETS, random);
				parse(random.nextBoolean() ? damaged : Checksums.repair(damaged));
			}
		});
		assertThat(this.fuzz.inputs()).isGreaterThanOrEqualTo(100_000);
		assertThat(this.read).as("packets that could be read").isGreaterThan(5_000);
	}

	private void parse(byte[] packet) throws Exception {
		for (int protocol : List.of(OutgoingPacket.ARP, OutgoingPacket.IPV6)) {
			if (this.fuzz.parse(packet, (input) -> Claim.in(protocol, ByteBuffer.wrap(input), MAC)) != null) {
				this.read++;
			}
		}
	}

}
