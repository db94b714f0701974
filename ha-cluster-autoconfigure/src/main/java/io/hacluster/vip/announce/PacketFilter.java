package io.hacluster.vip.announce;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

import com.sun.jna.Memory;

/**
 * A program of the classic packet filter (<em>socket(7)</em>, SO_ATTACH_FILTER). It keeps
 * a busy network from pushing the few packets that matter out of the receive buffer.
 */
final class PacketFilter {

	/** BPF_LD + BPF_B + BPF_ABS. */
	private static final int LOAD_BYTE = 0x30;

	/** BPF_LD + BPF_W + BPF_ABS. */
	private static final int LOAD_WORD = 0x20;

	/** BPF_JMP + BPF_JEQ + BPF_K. */
	private static final int JUMP_IF_EQUAL = 0x15;

	/** BPF_RET + BPF_K. */
	private static final int RETURN = 0x06;

	private static final int SIZEOF_INSTRUCTION = 8;

	/** Where an ARP packet has the address of its sender. */
	private static final int ARP_SENDER = 14;

	/** Where a neighbour advertisement has the last bytes of its target. */
	private static final int TARGET_END = NeighborPacket.TYPE_OFFSET + 20;

	private static final List<Integer> REFUSE = List.of(RETURN, 0, 0, 0);

	private static final List<Integer> ACCEPT = List.of(RETURN, 0, 0, 0xFFFF);

	private final List<List<Integer>> program;

	private PacketFilter(List<List<Integer>> program) {
		this.program = program;
	}

	/**
	 * Makes a filter that accepts all of ARP. The positions of all these filters count
	 * from the end of the Ethernet header.
	 * @return the filter
	 */
	static PacketFilter arp() {
		return new PacketFilter(List.of(ACCEPT));
	}

	/**
	 * Makes a filter that accepts neighbour solicitations and advertisements.
	 * @return the filter
	 */
	static PacketFilter neighborDiscovery() {
		return new PacketFilter(List.of(List.of(LOAD_BYTE, 0, 0, NeighborPacket.NEXT_HEADER_OFFSET),
				List.of(JUMP_IF_EQUAL, 0, 3, NeighborPacket.ICMPV6),
				List.of(LOAD_BYTE, 0, 0, NeighborPacket.TYPE_OFFSET),
				List.of(JUMP_IF_EQUAL, 2, 0, NeighborPacket.SOLICITATION),
				List.of(JUMP_IF_EQUAL, 1, 0, NeighborPacket.ADVERTISEMENT), REFUSE, ACCEPT));
	}

	/**
	 * Makes a filter that accepts the ARP packets sent from addresses.
	 * @param addresses the addresses; those of other families do not matter
	 * @return the filter
	 */
	static PacketFilter arpOf(List<InetAddress> addresses) {
		List<List<Integer>> program = new ArrayList<>();
		program.add(List.of(LOAD_WORD, 0, 0, ARP_SENDER));
		addresses.forEach((address) -> acceptIfLoaded(program, address));
		program.add(REFUSE);
		return new PacketFilter(program);
	}

	/**
	 * Makes a filter that accepts the advertisements of addresses, and some others.
	 * @param addresses the addresses; those of other families do not matter
	 * @return the filter
	 */
	static PacketFilter advertisementsOf(List<InetAddress> addresses) {
		List<List<Integer>> program = new ArrayList<>();
		program.add(List.of(LOAD_BYTE, 0, 0, NeighborPacket.NEXT_HEADER_OFFSET));
		program.add(List.of(JUMP_IF_EQUAL, 1, 0, NeighborPacket.ICMPV6));
		program.add(REFUSE);
		program.add(List.of(LOAD_BYTE, 0, 0, NeighborPacket.TYPE_OFFSET));
		program.add(List.of(JUMP_IF_EQUAL, 1, 0, NeighborPacket.ADVERTISEMENT));
		program.add(REFUSE);
		program.add(List.of(LOAD_WORD, 0, 0, TARGET_END));
		addresses.forEach((address) -> acceptIfLoaded(program, address));
		program.add(REFUSE);
		return new PacketFilter(program);
	}

	private static void acceptIfLoaded(List<List<Integer>> program, InetAddress address) {
		byte[] bytes = address.getAddress();
		program.add(List.of(JUMP_IF_EQUAL, 0, 1, ByteBuffer.wrap(bytes).getInt(bytes.length - Integer.BYTES)));
		program.add(ACCEPT);
	}

	short length() {
		return (short) this.program.size();
	}

	/**
	 * Lays the program out as an array of {@code struct sock_filter}.
	 * @return memory that the caller closes
	 */
	Memory instructions() {
		Memory memory = new Memory((long) this.program.size() * SIZEOF_INSTRUCTION);
		long offset = 0;
		for (List<Integer> instruction : this.program) {
			memory.setShort(offset, instruction.get(0).shortValue());
			memory.setByte(offset + 2, instruction.get(1).byteValue());
			memory.setByte(offset + 3, instruction.get(2).byteValue());
			memory.setInt(offset + 4, instruction.get(3));
			offset += SIZEOF_INSTRUCTION;
		}
		return memory;
	}

}
