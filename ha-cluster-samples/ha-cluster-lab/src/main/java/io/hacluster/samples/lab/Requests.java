package io.hacluster.samples.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/**
 * The client: every 10 milliseconds it appends a row through the virtual IP, over a new
 * connection, whether or not the requests before have been answered, so that an outage is
 * seen as long as it is. A line on the standard output for each row that was
 * acknowledged: its number, and when the answer came as {@link System#nanoTime()}, which
 * on Linux is the same clock in all processes.
 */
final class Requests {

	static final String COMMAND = "requests";

	private static final long PACE_NANOS = 10_000_000;

	/**
	 * Before the kernel would send its second SYN (after a second): the next attempts are
	 * on their way anyway.
	 */
	private static final int CONNECT_TIMEOUT = 250;

	private static final int TIMEOUT = 1_000;

	private final InetSocketAddress address;

	private Requests(InetSocketAddress address) {
		this.address = address;
	}

	/**
	 * Runs until it is killed or its standard output is closed.
	 * @param arguments address and port
	 */
	static void run(List<String> arguments) {
		InetSocketAddress address = new InetSocketAddress(arguments.get(0), Integer.parseInt(arguments.get(1)));
		new Requests(address).run();
	}

	private void run() {
		// No more than one request every 10 ms that all take the longest time.
		ExecutorService requests = Executors.newFixedThreadPool(128);
		long next = System.nanoTime();
		for (long id = 1; !System.out.checkError(); id++) {
			long row = id;
			requests.execute(() -> request(row));
			next += PACE_NANOS;
			LockSupport.parkNanos(next - System.nanoTime());
		}
		requests.shutdownNow();
	}

	private void request(long id) {
		byte[] body = Rows.payload(id).getBytes(StandardCharsets.UTF_8);
		String head = "POST /rows?id=" + id + " HTTP/1.0\r\nContent-Length: " + body.length + "\r\n\r\n";
		try (Socket socket = new Socket()) {
			socket.setTcpNoDelay(true);
			socket.setSoTimeout(TIMEOUT);
			socket.connect(this.address, CONNECT_TIMEOUT);
			OutputStream out = socket.getOutputStream();
			out.write((head + new String(body, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
			InputStream in = socket.getInputStream();
			String status = new String(in.readNBytes("HTTP/1.1 201".length()), StandardCharsets.US_ASCII);
			long now = System.nanoTime();
			if (status.endsWith(" 201")) {
				in.readAllBytes();
				System.out.println(id + " " + now);
			}
		}
		catch (IOException ex) {
			// Not acknowledged.
		}
	}

}
