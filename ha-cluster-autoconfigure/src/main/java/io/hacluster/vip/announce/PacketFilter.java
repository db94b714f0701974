package io.hacluster.vip.announce;

import com.sun.jna.Memory;

/**
 * A program of the classic packet filter (<em>socket(7)</em>, SO_ATTACH_FILTER). It keeps
 * a busy network from pushing the few packets that matter out of the receive buffer.
 */
final class PacketFilter {

	/** BPF_LD + BPF_B + BPF_ABS. */
	private static final int LOAD_BYTE = 0x30;

	/** BPF_JMP + BPF_JEQ + BPF_K. */
	private static final int JUMP_IF_EQUAL = 0x15;

	/** BPF_RET + BPF_K. */
	private static final int RETURN = 0x06;

	private static final int SIZEOF_INSTRUCTION = 8;

	private final int[][] program;

	private PacketFilter(int[]... program) {
		this.program = program;
	}

	/**
	 * Makes the filter that accepts neighbour solicitations and advertisements. The
	 * positions count from the IPv6 header.
	 * @return the filter
	 */
	static PacketFilter neighborDiscovery() {
		return new PacketFilter(new int[] { LOAD_BYTE, 0, 0, NeighborPacket.NEXT_HEADER_OFFSET },
				new int[] { JUMP_IF_EQUAL, 0, 3, NeighborPacket.ICMPV6 },
				new int[] { LOAD_BYTE, 0, 0, NeighborPacket.TYPE_OFFSET },
				new int[] { JUMP_IF_EQUAL, 2, 0, NeighborPacket.SOLICITATION },
				new int[] { JUMP_IF_EQUAL, 1, 0, NeighborPacket.ADVERTISEMENT }, new int[] { RETURN, 0, 0, 0 },
				new int[] { RETURN, 0, 0, 0xFFFF });
	}

	short length() {
		return (short) this.program.length;
	}

	/**
	 * Lays the program out as an array of {@code struct sock_filter}.
	 * @return memory that the caller closes
	 */
	Memory instructions() {
		Memory memory = new Memory((long) this.program.length * SIZEOF_INSTRUCTION);
		for (int i = 0; i < this.program.length; i++) {
			long offset = (long) i * SIZEOF_INSTRUCTION;
			memory.setShort(offset, (short) this.program[i][0]);
			memory.setByte(offset + 2, (byte) this.program[i][1]);
			memory.setByte(offset + 3, (byte) this.program[i][2]);
			memory.setInt(offset + 4, this.program[i][3]);
		}
		return memory;
	}

}
