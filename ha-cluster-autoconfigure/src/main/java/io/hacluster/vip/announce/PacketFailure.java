package io.hacluster.vip.announce;

import java.util.Map;

import com.sun.jna.LastErrorException;

import io.hacluster.vip.VirtualIpException;

/**
 * Says what an error of the operating system means for packets, and what to do about it.
 */
final class PacketFailure {

	private static final int EPERM = 1;

	private static final int EINTR = 4;

	private static final int EAGAIN = 11;

	private static final int EACCES = 13;

	private static final int EAFNOSUPPORT = 97;

	private static final Map<Integer, String> MEANINGS = Map.of(6, "there is no such interface any more", 19,
			"there is no such interface any more", 100, "the interface is down", EAGAIN, "its queue is full", 105,
			"its queue is full");

	private PacketFailure() {
	}

	static VirtualIpException ofOpening(LastErrorException cause) {
		return switch (cause.getErrorCode()) {
			case EPERM, EACCES -> new VirtualIpException("This process lacks the capability CAP_NET_RAW, without which "
					+ "a virtual IP (ha.cluster.vip) can neither be announced nor asked for: grant it in "
					+ "AmbientCapabilities= of the systemd unit, or with --cap-add NET_RAW in Docker", cause);
			case EAFNOSUPPORT ->
				new VirtualIpException("This process may open no packet sockets, without which a virtual "
						+ "IP (ha.cluster.vip) can neither be announced nor asked for: add AF_PACKET to "
						+ "RestrictAddressFamilies= of the systemd unit", cause);
			default -> of("open a packet socket", cause);
		};
	}

	static VirtualIpException of(String what, LastErrorException cause) {
		String meaning = MEANINGS.getOrDefault(cause.getErrorCode(), String.valueOf(cause.getMessage()));
		return new VirtualIpException("Cannot " + what + ": " + meaning, cause);
	}

	static boolean isTemporary(LastErrorException cause) {
		return cause.getErrorCode() == EAGAIN || cause.getErrorCode() == EINTR;
	}

}
