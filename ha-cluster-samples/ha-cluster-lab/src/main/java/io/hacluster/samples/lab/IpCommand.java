package io.hacluster.samples.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The command {@code ip} of iproute2.
 *
 * @param path the executable
 */
record IpCommand(String path) {

	/**
	 * Runs the command.
	 * @param arguments its arguments
	 * @return what it prints
	 * @throws LabException if it fails, with what it says
	 */
	String run(String... arguments) {
		List<String> command = new ArrayList<>(List.of(this.path));
		command.addAll(List.of(arguments));
		try {
			Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
			process.getOutputStream().close();
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			if (process.waitFor() != 0) {
				throw new LabException(String.join(" ", command) + ": " + output.strip());
			}
			return output;
		}
		catch (IOException ex) {
			throw new LabException("cannot run " + this.path + ": " + ex.getMessage(), ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new LabException("interrupted in " + String.join(" ", command), ex);
		}
	}

}
