package io.hacluster.vip.announce;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.hacluster.vip.MacAddress;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ArpPacket} and {@link NeighborPacket}, byte by byte.
 */
class PacketCodecTests {

	private static final MacAddress MAC = mac("02005e005301");

	private static final MacAddress STRANGER = mac("02005e005302");

	private static final Inet4Address IPV4 = (Inet4Address) AnnounceBed.IPV4;

	private static final Inet6Address IPV6 = (Inet6Address) AnnounceBed.IPV6;

	private static final String ADVERTISEMENT = "6000000000203afffd070000000000000000000000000100"
			+ "ff0200000000000000000000000000018800a78e20000000fd070000000000000000000000000100020102005e005301";

	private static final String SOLICITATION = "6000000000183aff00000000000000000000000000000000"
			+ "ff0200000000000000000001ff00010087007ba000000000fd070000000000000000000000000100";

	@Test
	void encodeOfArpAnnouncementIsARequestForTheSendersAddress() {
		assertThat(hex(ArpPacket.announcement(MAC, IPV4).encode()))
			.isEqualTo("0001080006040001" + "02005e0053010a070064" + "0000000000000a070064");
	}

	@Test
	void encodeOfArpReplyTellsTheAddressTwice() {
		assertThat(hex(ArpPacket.unsolicitedReply(MAC, IPV4).encode()))
			.isEqualTo("0001080006040002" + "02005e0053010a070064" + "02005e0053010a070064");
	}

	@Test
	void encodeOfArpProbeClaimsNoAddress() {
		assertThat(hex(ArpPacket.probe(MAC, IPV4).encode()))
			.isEqualTo("0001080006040001" + "02005e00530100000000" + "0000000000000a070064");
	}

	@Test
	void encodeOfAdvertisementOverridesWithTheTargetsMac() {
		assertThat(hex(NeighborPacket.advertisement(MAC, IPV6).encode())).isEqualTo(ADVERTISEMENT);
	}

	@Test
	void encodeOfSolicitationComesFromNoAddress() {
		assertThat(hex(NeighborPacket.probe(IPV6).encode())).isEqualTo(SOLICITATION);
	}

	@Test
	void destinationsAreThoseOfAllWhoAreConcerned() {
		assertThat(OutgoingPacket.announcement(MAC, IPV4)).hasSize(2)
			.allSatisfy((packet) -> assertThat(packet.destination()).hasToString("ff:ff:ff:ff:ff:ff"))
			.allSatisfy((packet) -> assertThat(packet.protocol()).isEqualTo(0x0806));
		assertThat(OutgoingPacket.announcement(MAC, IPV6)).singleElement()
			.satisfies((packet) -> assertThat(packet.destination()).hasToString("33:33:00:00:00:01"))
			.satisfies((packet) -> assertThat(packet.protocol()).isEqualTo(0x86DD));
		assertThat(OutgoingPacket.probe(MAC, IPV4).destination()).hasToString("ff:ff:ff:ff:ff:ff");
		assertThat(OutgoingPacket.probe(MAC, AnnounceBed.address("fd07::1:e2f3:a4b5")).destination())
			.hasToString("33:33:ff:f3:a4:b5");
	}

	@Test
	void decodeReturnsWhatWasEncoded() {
		ArpPacket arp = ArpPacket.announcement(MAC, IPV4);
		assertThat(ArpPacket.decode(ByteBuffer.wrap(arp.encode()))).isEqualTo(arp);
		NeighborPacket advertisement = NeighborPacket.advertisement(MAC, IPV6);
		assertThat(NeighborPacket.decode(ByteBuffer.wrap(advertisement.encode()))).isEqualTo(advertisement);
		NeighborPacket solicitation = NeighborPacket.probe(IPV6);
		assertThat(NeighborPacket.decode(ByteBuffer.wrap(solicitation.encode()))).isEqualTo(solicitation);
	}

	@Test
	void decodeWhenPaddedIgnoresThePadding() {
		assertThat(claim(OutgoingPacket.ARP, padded(ArpPacket.probe(MAC, IPV4).encode())))
			.isEqualTo(new Claim(IPV4, MAC));
		assertThat(claim(OutgoingPacket.IPV6, padded(NeighborPacket.advertisement(MAC, IPV6).encode())))
			.isEqualTo(new Claim(IPV6, MAC));
	}

	@Test
	void claimOfArpIsTheSendersAddressOrTheOneThatHeProbes() {
		assertThat(claim(OutgoingPacket.ARP, ArpPacket.probe(MAC, IPV4).encode())).isEqualTo(new Claim(IPV4, MAC));
		assertThat(claim(OutgoingPacket.ARP, ArpPacket.unsolicitedReply(MAC, IPV4).encode()))
			.isEqualTo(new Claim(IPV4, MAC));
		Inet4Address other = (Inet4Address) AnnounceBed.address("10.7.0.1");
		ArpPacket question = new ArpPacket(ArpPacket.REQUEST, MAC, other, new MacAddress(0), IPV4);
		assertThat(claim(OutgoingPacket.ARP, question.encode())).isEqualTo(new Claim(other, MAC));
	}

	@Test
	void claimOfNeighborIsTheTargetUnlessHeAsksFromAnotherAddress() {
		assertThat(claim(OutgoingPacket.IPV6, NeighborPacket.advertisement(MAC, IPV6).encode()))
			.isEqualTo(new Claim(IPV6, MAC));
		assertThat(claim(OutgoingPacket.IPV6, NeighborPacket.probe(IPV6).encode()))
			.isEqualTo(new Claim(IPV6, STRANGER));
		NeighborPacket question = new NeighborPacket(NeighborPacket.SOLICITATION,
				(Inet6Address) AnnounceBed.address("fd07::1"), NeighborPacket.solicitedNode(IPV6), 0, IPV6, MAC);
		assertThat(claim(OutgoingPacket.IPV6, question.encode())).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "1,32", "2,86", "4,8", "5,16", "7,3" })
	void decodeWhenNotArpOfIpv4OnEthernetReturnsNull(int position, int value) {
		byte[] packet = ArpPacket.probe(MAC, IPV4).encode();
		packet[position] = (byte) value;
		assertThat(ArpPacket.decode(ByteBuffer.wrap(packet))).isNull();
	}

	/**
	 * The rules of RFC 4861, 7.1.1 and 7.1.2: version, next header, hop limit, code,
	 * target, length of an option.
	 */
	@ParameterizedTest
	@CsvSource({ "0,64", "6,17", "7,254", "40,128", "41,1", "48,255", "65,0", "65,2" })
	void decodeWhenAdvertisementBreaksARuleReturnsNull(int position, int value) {
		byte[] packet = HexFormat.of().parseHex(ADVERTISEMENT);
		packet[position] = (byte) value;
		assertThat(NeighborPacket.decode(ByteBuffer.wrap(Checksums.repair(packet)))).isNull();
	}

	@Test
	void decodeWhenChecksumIsWrongReturnsNull() {
		byte[] packet = HexFormat.of().parseHex(ADVERTISEMENT);
		packet[71]++;
		assertThat(NeighborPacket.decode(ByteBuffer.wrap(packet))).isNull();
		assertThat(NeighborPacket.decode(ByteBuffer.wrap(Checksums.repair(packet)))).isNotNull();
	}

	@Test
	void decodeWhenAdvertisementToAllClaimsToBeSolicitedReturnsNull() {
		byte[] packet = new NeighborPacket(NeighborPacket.ADVERTISEMENT, IPV6, NeighborPacket.ALL_NODES,
				NeighborPacket.SOLICITED, IPV6, MAC)
			.encode();
		assertThat(NeighborPacket.decode(ByteBuffer.wrap(packet))).isNull();
	}

	@Test
	void decodeWhenProbeTellsAMacOrGoesElsewhereReturnsNull() {
		assertThat(NeighborPacket.decode(ByteBuffer.wrap(new NeighborPacket(NeighborPacket.SOLICITATION,
				NeighborPacket.NO_ADDRESS, NeighborPacket.solicitedNode(IPV6), 0, IPV6, MAC)
			.encode()))).isNull();
		assertThat(NeighborPacket.decode(ByteBuffer.wrap(new NeighborPacket(NeighborPacket.SOLICITATION,
				NeighborPacket.NO_ADDRESS, NeighborPacket.ALL_NODES, 0, IPV6, null)
			.encode()))).isNull();
	}

	@Test
	void decodeWhenOtherOptionsPrecedeFindsTheMac() {
		byte[] packet = Arrays.copyOf(HexFormat.of().parseHex(ADVERTISEMENT), 88);
		System.arraycopy(packet, 64, packet, 80, 8);
		System.arraycopy(HexFormat.of().parseHex("0e02aaaaaaaaaaaaaaaaaaaaaaaaaaaa"), 0, packet, 64, 16);
		packet[5] = 48;
		NeighborPacket decoded = NeighborPacket.decode(ByteBuffer.wrap(Checksums.repair(packet)));
		assertThat(decoded).isNotNull().extracting(NeighborPacket::mac).isEqualTo(MAC);
	}

	private static Claim claim(int protocol, byte[] packet) {
		return Claim.in(protocol, ByteBuffer.wrap(packet), STRANGER);
	}

	private static byte[] padded(byte[] packet) {
		byte[] padded = Arrays.copyOf(packet, packet.length + 18);
		Arrays.fill(padded, packet.length, padded.length, (byte) 0x55);
		return padded;
	}

	private static String hex(byte[] bytes) {
		return HexFormat.of().formatHex(bytes);
	}

	private static MacAddress mac(String hex) {
		return MacAddress.of(HexFormat.of().parseHex(hex));
	}

}
