package io.hacluster.backend;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;

/**
 * A small process that kills a process group when this JVM dies, however it dies: it
 * notices because the pipe between them closes.
 */
final class ProcessGuard {

	private final Process process;

	private ProcessGuard(Process process) {
		this.process = process;
	}

	/**
	 * Starts a guard that does not watch anything yet.
	 */
	static ProcessGuard start() throws IOException {
		return new ProcessGuard(new ProcessBuilder(LaunchCommand.guard()).redirectOutput(Redirect.DISCARD)
			.redirectError(Redirect.DISCARD)
			.start());
	}

	/**
	 * Begins to watch over a group.
	 */
	void watch(long group) throws IOException {
		write(group + "\n");
	}

	/**
	 * Ends the guard without harm to the group.
	 */
	void release() {
		try (OutputStream pipe = this.process.getOutputStream()) {
			write("released\n");
		}
		catch (IOException ex) {
			// The guard has been killed, so there is nothing to end.
		}
	}

	/**
	 * Calls back when the guard has ended, for whatever reason.
	 */
	void onEnd(Runnable callback) {
		this.process.onExit().thenRun(callback);
	}

	private void write(String line) throws IOException {
		OutputStream pipe = this.process.getOutputStream();
		pipe.write(line.getBytes(StandardCharsets.US_ASCII));
		pipe.flush();
	}

}
