package io.hacluster.vip.announce;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import io.hacluster.test.NetworkNamespace;

/**
 * A client that asks an address every millisecond who has it.
 */
final class Pulse implements AutoCloseable {

	private final DatagramSocket socket;

	private final Background asking;

	Pulse(AnnounceBed bed, InetAddress address) throws Exception {
		this.socket = bed.client().call(() -> new DatagramSocket());
		this.socket.setSoTimeout((int) Duration.ofSeconds(60).toMillis());
		this.asking = new Background(() -> {
			this.socket.send(new DatagramPacket(new byte[1], 1, address, AnnounceBed.PORT));
			LockSupport.parkNanos(1_000_000);
			return null;
		});
	}

	/**
	 * Waits until a host answers.
	 * @return when it was, as {@link System#nanoTime()}
	 */
	long awaitAnswerOf(NetworkNamespace host) throws Exception {
		DatagramPacket answer = new DatagramPacket(new byte[100], 100);
		do {
			answer.setLength(100);
			this.socket.receive(answer);
		}
		while (!host.name().equals(new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII)));
		return System.nanoTime();
	}

	@Override
	public void close() throws InterruptedException {
		this.asking.close();
		this.socket.close();
	}

}
