package io.hacluster.replication.nats;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A TCP proxy that can keep back what clients send: what they have under way arrives
 * later, or never.
 */
final class HoldingProxy implements AutoCloseable {

	private final ServerSocket listener;

	private final int target;

	private final List<Socket> sockets = new CopyOnWriteArrayList<>();

	private boolean held;

	HoldingProxy(int target) throws IOException {
		this.target = target;
		this.listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
		start(this::accept);
	}

	String url() {
		return "nats://127.0.0.1:" + this.listener.getLocalPort();
	}

	synchronized void hold() {
		this.held = true;
	}

	synchronized void release() {
		this.held = false;
		notifyAll();
	}

	/**
	 * Cuts all connections; what is kept back is lost.
	 */
	void cut() {
		for (Socket socket : this.sockets) {
			close(socket);
		}
		this.sockets.clear();
	}

	private void accept() {
		try {
			while (true) {
				Socket client = this.listener.accept();
				Socket server = new Socket(InetAddress.getLoopbackAddress(), this.target);
				client.setTcpNoDelay(true);
				server.setTcpNoDelay(true);
				this.sockets.add(client);
				this.sockets.add(server);
				start(() -> copy(client, server, true));
				start(() -> copy(server, client, false));
			}
		}
		catch (IOException ex) {
			// closed
		}
	}

	private void copy(Socket from, Socket to, boolean holding) {
		byte[] buffer = new byte[64 * 1024];
		try {
			InputStream in = from.getInputStream();
			OutputStream out = to.getOutputStream();
			for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
				if (holding) {
					awaitRelease();
				}
				out.write(buffer, 0, n);
			}
		}
		catch (IOException | InterruptedException ex) {
			// cut
		}
		finally {
			close(from);
			close(to);
		}
	}

	private synchronized void awaitRelease() throws InterruptedException {
		while (this.held) {
			wait();
		}
	}

	private static void start(Runnable task) {
		Thread thread = new Thread(task, "proxy");
		thread.setDaemon(true);
		thread.start();
	}

	private static void close(Socket socket) {
		try {
			socket.close();
		}
		catch (IOException ex) {
			// closed already
		}
	}

	@Override
	public void close() throws IOException {
		this.listener.close();
		release();
		cut();
	}

}
