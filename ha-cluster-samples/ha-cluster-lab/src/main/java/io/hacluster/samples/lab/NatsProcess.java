package io.hacluster.samples.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A NATS server with JetStream: on a loopback port of its own, or on a host of its own.
 */
final class NatsProcess {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(20);

	private static final String LOOPBACK = "127.0.0.1";

	private final Path binary;

	private final Path directory;

	private final String address;

	private final int port;

	private final @Nullable Namespace host;

	private @Nullable ChildProcess process;

	private NatsProcess(Path binary, Path directory, String address, int port, @Nullable Namespace host) {
		this.binary = binary;
		this.directory = directory;
		this.address = address;
		this.port = port;
		this.host = host;
	}

	static NatsProcess create(LabOptions options, Path directory) throws IOException {
		return create(options, directory, LOOPBACK, Cluster.freePort(), null);
	}

	static NatsProcess create(LabOptions options, Path directory, String address, int port, @Nullable Namespace host)
			throws IOException {
		Path binary = options.natsServer();
		if (binary == null) {
			throw new LabException("no nats-server is given");
		}
		return new NatsProcess(binary.toAbsolutePath(), Files.createDirectories(directory.resolve("nats")), address,
				port, host);
	}

	String url() {
		return "nats://" + this.address + ":" + this.port;
	}

	ChildProcess process() {
		if (this.process == null) {
			throw new LabException("the NATS server has not been started");
		}
		return this.process;
	}

	void start() throws IOException {
		Path config = this.directory.resolve("nats.conf");
		Files.writeString(config, "listen: \"%s:%d\"\njetstream { store_dir: \"%s\" }\n".formatted(this.address,
				this.port, this.directory.resolve("jetstream")));
		List<String> command = List.of(this.binary.toString(), "-c", config.toString());
		this.process = ChildProcess.start((this.host != null) ? this.host.command(command) : command, this.directory,
				this.directory.resolve("nats.log"), Map.of());
	}

	void awaitReady() {
		ChildProcess started = this.process;
		if (started != null) {
			Await.until("the NATS server accepts connections", START_TIMEOUT, started::tail,
					() -> (this.host != null) ? this.host.call(this::accepts) : accepts());
		}
	}

	private boolean accepts() {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(this.address, this.port), 500);
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	void destroy() {
		if (this.process != null) {
			this.process.kill();
		}
	}

}
