package io.hacluster.command;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command writes to: results to one stream, messages to the other.
 *
 * @param out for results
 * @param err for messages
 * @param interactive whether a person looks at the messages while they are written
 */
public record Terminal(PrintStream out, PrintStream err, boolean interactive) {

	private static final Path STANDARD_ERROR = Path.of("/proc/self/fd/2");

	/**
	 * Returns the streams of this process. {@link System#console()} does not tell whether
	 * messages go to a terminal: it looks at the other two streams, or since JDK 22 at
	 * none. Where the kernel does not tell either, nobody looks.
	 * @param out where results go
	 * @param err where messages go
	 * @return the terminal
	 */
	public static Terminal of(PrintStream out, PrintStream err) {
		boolean interactive;
		try {
			String target = Files.readSymbolicLink(STANDARD_ERROR).toString();
			interactive = target.startsWith("/dev/pts/") || target.startsWith("/dev/tty")
					|| target.equals("/dev/console");
		}
		catch (IOException | UnsupportedOperationException ex) {
			interactive = false;
		}
		return new Terminal(out, err, interactive && !"dumb".equals(System.getenv("TERM")));
	}

}
