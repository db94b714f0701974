package io.hacluster.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * A real nats-server with JetStream on a loopback port of its own, found or installed by
 * {@code scripts/nats-server}. It can be killed, frozen and restarted on the same port
 * and store.
 */
public final class NatsServer implements AutoCloseable {

	private final Path directory;

	private final int port;

	private final Path config;

	private Process process;

	private NatsServer(Path directory, int port, Path config) {
		this.directory = directory;
		this.port = port;
		this.config = config;
		this.process = launch();
	}

	/**
	 * Starts a server with JetStream.
	 * @param directory where its store, configuration and log go
	 * @param extraConfig further lines of its configuration
	 * @return the running server
	 */
	public static NatsServer start(Path directory, String... extraConfig) {
		return startWith(directory, "jetstream { store_dir: \"" + directory.resolve("jetstream") + "\" }\n"
				+ String.join("\n", extraConfig) + "\n");
	}

	/**
	 * Starts a server without JetStream.
	 * @param directory where its configuration and log go
	 * @return the running server
	 */
	public static NatsServer startWithoutJetStream(Path directory) {
		return startWith(directory, "");
	}

	private static NatsServer startWith(Path directory, String lines) {
		int port = freePort();
		try {
			Files.createDirectories(directory);
			Path config = directory.resolve("nats.conf");
			Files.writeString(config, "listen: \"127.0.0.1:" + port + "\"\n" + lines);
			return new NatsServer(directory, port, config);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns the version of the server under test.
	 * @return such as {@code 2.15.1}
	 */
	public static String version() {
		try {
			Process process = new ProcessBuilder(binary().toString(), "--version").redirectErrorStream(true).start();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			return output.substring(output.lastIndexOf('v') + 1).strip();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Returns the URL for clients.
	 * @return {@code nats://127.0.0.1:port}
	 */
	public String url() {
		return "nats://127.0.0.1:" + this.port;
	}

	public int port() {
		return this.port;
	}

	public long pid() {
		return this.process.pid();
	}

	/**
	 * Kills the server with SIGKILL and waits for its end.
	 */
	public void kill() {
		signal("CONT");
		this.process.destroyForcibly();
		awaitEnd();
	}

	/**
	 * Freezes the server with SIGSTOP.
	 */
	public void pause() {
		signal("STOP");
	}

	/**
	 * Lets a frozen server go on with SIGCONT.
	 */
	public void resume() {
		signal("CONT");
	}

	/**
	 * Starts the server again, on the same port and store, ending it first if it runs.
	 */
	public void restart() {
		if (this.process.isAlive()) {
			kill();
		}
		this.process = launch();
	}

	@Override
	public void close() {
		if (this.process.isAlive()) {
			kill();
		}
	}

	private void signal(String name) {
		if (!this.process.isAlive()) {
			return;
		}
		try {
			new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void awaitEnd() {
		try {
			if (!this.process.waitFor(10, TimeUnit.SECONDS)) {
				throw new IllegalStateException("nats-server " + pid() + " does not end");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private Process launch() {
		Path log = this.directory.resolve("nats.log");
		try {
			Process started = new ProcessBuilder(binary().toString(), "-c", this.config.toString())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
				.start();
			Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
			long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
			while (!accepts()) {
				if (!started.isAlive() || System.nanoTime() > deadline) {
					started.destroyForcibly();
					throw new IllegalStateException("nats-server did not start:\n" + Files.readString(log));
				}
				TimeUnit.MILLISECONDS.sleep(10);
			}
			return started;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	private boolean accepts() {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), 200);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static int freePort() {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			return socket.getLocalPort();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static Path binary() {
		return ProjectScript.path("nats-server");
	}

}
