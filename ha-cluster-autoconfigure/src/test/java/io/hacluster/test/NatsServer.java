package io.hacluster.test;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.nats.client.Options;

/**
 * A real nats-server with JetStream on a loopback port of its own, found or installed by
 * {@code scripts/nats-server}. It can be killed, frozen and restarted on the same port
 * and store.
 */
public final class NatsServer implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofSeconds(60);

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
		int port = FreePort.find();
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
	 * Returns options for a client that is patient: on a busy machine the client's own
	 * two seconds are not enough to connect.
	 * @param url of the server
	 * @return the options
	 */
	public static Options.Builder options(String url) {
		return new Options.Builder().server(url).connectionTimeout(PATIENCE);
	}

	/**
	 * Returns options for a patient client of this server.
	 * @return the options
	 */
	public Options.Builder options() {
		return options(url());
	}

	/**
	 * Connects to this server, patiently.
	 * @return the connection, to be closed by the caller
	 */
	public Connection connect() {
		try {
			return Nats.connect(options().build());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
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
	 * Freezes the server with SIGSTOP, and returns when all its threads stand still.
	 */
	public void pause() {
		signal("STOP");
		StoppedProcess.await(pid());
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
			if (!this.process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
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
			long before = Files.exists(log) ? Files.size(log) : 0;
			Process started = new ProcessBuilder(binary().toString(), "-c", this.config.toString())
				.redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
				.start();
			Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
			long deadline = System.nanoTime() + PATIENCE.toNanos();
			while (!isReady(log, before)) {
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

	/**
	 * Asks the log rather than the port, on which another server could answer.
	 */
	private static boolean isReady(Path log, long before) throws IOException {
		try (InputStream lines = Files.newInputStream(log)) {
			lines.skipNBytes(before);
			return new String(lines.readAllBytes(), StandardCharsets.UTF_8).contains("Server is ready");
		}
	}

	/**
	 * Returns the program under test.
	 * @return the nats-server
	 */
	public static Path binary() {
		return ProjectScript.path("nats-server");
	}

}
