package io.hacluster.samples.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The host of the client, which notes in a ledger what the client was told.
 */
final class ClientHost implements AutoCloseable {

	private final Process process;

	private final Ledger ledger = new Ledger();

	private ClientHost(Process process) {
		this.process = process;
		Thread thread = new Thread(this::read, "lab-client");
		thread.setDaemon(true);
		thread.start();
	}

	/**
	 * Starts the client.
	 * @param host where
	 * @param address the virtual IP
	 * @param port the port of the backend
	 * @param log where its errors go
	 * @return the running client
	 */
	static ClientHost start(Namespace host, String address, int port, Path log) {
		List<String> command = new ArrayList<>(
				List.of(NodeCommand.java(), "-XX:+UseSerialGC", "-Xmx64m", "-XX:TieredStopAtLevel=1", "-Xss256k"));
		command.addAll(NodeCommand.lab());
		command.addAll(List.of(Requests.COMMAND, address, Integer.toString(port)));
		try {
			return new ClientHost(new ProcessBuilder(host.command(command))
				.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
				.start());
		}
		catch (IOException ex) {
			throw new LabException("cannot start the client", ex);
		}
	}

	Ledger ledger() {
		return this.ledger;
	}

	private void read() {
		try (BufferedReader reader = this.process.inputReader(StandardCharsets.US_ASCII)) {
			String line = reader.readLine();
			while (line != null) {
				int space = line.indexOf(' ');
				this.ledger.acknowledged(Long.parseLong(line.substring(0, space)), "",
						Long.parseLong(line.substring(space + 1)));
				line = reader.readLine();
			}
		}
		catch (IOException ex) {
			// The client has been killed.
		}
	}

	@Override
	public void close() {
		this.process.destroyForcibly();
	}

}
