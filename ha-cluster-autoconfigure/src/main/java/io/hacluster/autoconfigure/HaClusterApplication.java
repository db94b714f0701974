package io.hacluster.autoconfigure;

import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.springframework.aot.AotDetector;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.SpringProperties;

import io.hacluster.command.CommandLine;
import io.hacluster.command.Terminal;

/**
 * Runs the application of a node, or one of the commands {@code restore}, {@code status},
 * {@code history}, {@code switchover}, {@code failover}, {@code pause}, {@code resume},
 * {@code step-down}, {@code snapshot}, {@code verify}, {@code diff} and
 * {@code systemd-drop-in} if that is what the first argument says that is not an option.
 * Any other word there is refused, because it may be a misspelled command:
 * <pre class="code">
 * public static void main(String[] args) {
 *     HaClusterApplication.run(ManagerApplication.class, args);
 * }
 * </pre> A command uses the configuration of the application, but none of its beans. It
 * takes no part in the election and does not write to the log, so that it may be called
 * beside a running node.
 */
public final class HaClusterApplication {

	private static final long CLEAN_UP_SECONDS = 10;

	private HaClusterApplication() {
	}

	/**
	 * Runs the application, or a command and ends the process with its exit code: 0 if
	 * all is well, 1 if not, 2 if the arguments were not understood.
	 * @param primarySource the class of the application
	 * @param arguments the arguments of the process
	 * @return the running application
	 */
	public static ConfigurableApplicationContext run(Class<?> primarySource, String... arguments) {
		if (CommandLine.isCommand(arguments)) {
			System.exit(runCommand(arguments));
		}
		return SpringApplication.run(primarySource, arguments);
	}

	private static int runCommand(String... arguments) {
		// What was made ahead of time is the node, and a command is none
		SpringProperties.setProperty(AotDetector.AOT_ENABLED, "false");
		PrintStream out = System.out;
		// What is logged must not get into the result
		System.setOut(System.err);
		CommandLine commandLine = new CommandLine(SpringCommandEnvironment::open, Terminal.of(out, System.err));
		CountDownLatch done = new CountDownLatch(1);
		Thread command = Thread.currentThread();
		Runtime.getRuntime().addShutdownHook(new Thread(() -> cleanUp(command, done), "ha-command-interrupt"));
		try {
			return commandLine.run(arguments);
		}
		finally {
			out.flush();
			done.countDown();
		}
	}

	/**
	 * Lets a command that is interrupted from the keyboard remove what it has begun.
	 */
	private static void cleanUp(Thread command, CountDownLatch done) {
		try {
			if (done.getCount() > 0) {
				command.interrupt();
				done.await(CLEAN_UP_SECONDS, TimeUnit.SECONDS);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
