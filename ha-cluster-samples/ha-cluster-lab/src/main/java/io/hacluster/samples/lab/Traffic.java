package io.hacluster.samples.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the client's host has seen of the virtual IP on the wire, in order. Thread-safe.
 */
final class Traffic {

	private final List<Frame> frames = new ArrayList<>();

	/**
	 * A frame.
	 *
	 * @param nanos when it passed, as {@link System#nanoTime()}
	 * @param kind what it is
	 * @param peer the hardware address of the host that sent it, or to which the client
	 * sent it
	 */
	record Frame(long nanos, Kind kind, String peer) {
	}

	enum Kind {

		/** A host says by ARP that it has the address. */
		CLAIM,

		/** A packet from the address. */
		ANSWER,

		/** A packet of the client to the address. */
		REQUEST

	}

	synchronized void add(Frame frame) {
		this.frames.add(frame);
	}

	/**
	 * Forgets the past.
	 */
	synchronized void clear() {
		this.frames.clear();
	}

	private synchronized Optional<Frame> first(Kind kind, String peer, long since) {
		return this.frames.stream()
			.filter((frame) -> frame.kind() == kind && frame.peer().equals(peer) && frame.nanos() - since >= 0)
			.findFirst();
	}

	/**
	 * Counts what a former holder of the address has sent after its successor had begun
	 * to.
	 * @param kind claims or answers
	 * @param former the hardware address of the former holder
	 * @param successor the hardware address of the successor
	 * @param since when the change began
	 * @return the number of frames
	 */
	synchronized long sentAfter(Kind kind, String former, String successor, long since) {
		Optional<Frame> begin = first(kind, successor, since);
		if (begin.isEmpty()) {
			return 0;
		}
		return this.frames.subList(this.frames.indexOf(begin.get()), this.frames.size())
			.stream()
			.filter((frame) -> frame.kind() == kind && frame.peer().equals(former))
			.count();
	}

	/**
	 * Returns how long after a host's first claim the client sent its first packet there.
	 * @param host the hardware address of the host
	 * @param since when the change began
	 * @return the time, empty if either did not happen
	 */
	Optional<Duration> moved(String host, long since) {
		return first(Kind.CLAIM, host, since).flatMap((claim) -> first(Kind.REQUEST, host, claim.nanos())
			.map((request) -> Duration.ofNanos(request.nanos() - claim.nanos())));
	}

}
