package io.hacluster.samples.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A NATS server with JetStream on a loopback port of its own.
 */
final class NatsProcess {

	private static final Duration START_TIMEOUT = Duration.ofSeconds(20);

	private final Path binary;

	private final Path directory;

	private final int port;

	private @Nullable ChildProcess process;

	private NatsProcess(Path binary, Path directory, int port) {
		this.binary = binary;
		this.directory = directory;
		this.port = port;
	}

	static NatsProcess create(LabOptions options, Path directory) throws IOException {
		Path binary = options.natsServer();
		if (binary == null) {
			throw new LabException("no nats-server is given");
		}
		return new NatsProcess(binary.toAbsolutePath(), Files.createDirectories(directory.resolve("nats")),
				Cluster.freePort());
	}

	String url() {
		return "nats://127.0.0.1:" + this.port;
	}

	ChildProcess process() {
		if (this.process == null) {
			throw new LabException("the NATS server has not been started");
		}
		return this.process;
	}

	void start() throws IOException {
		Path config = this.directory.resolve("nats.conf");
		Files.writeString(config, "listen: \"127.0.0.1:%d\"\njetstream { store_dir: \"%s\" }\n".formatted(this.port,
				this.directory.resolve("jetstream")));
		this.process = ChildProcess.start(List.of(this.binary.toString(), "-c", config.toString()), this.directory,
				this.directory.resolve("nats.log"), Map.of());
	}

	void awaitReady() {
		ChildProcess started = this.process;
		if (started != null) {
			Await.until("the NATS server accepts connections", START_TIMEOUT, started::tail, this::accepts);
		}
	}

	private boolean accepts() {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), this.port), 500);
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
