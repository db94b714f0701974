package io.hacluster.backend.systemd;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;

/**
 * Tells systemd about this process by the protocol of sd_notify(3), without its library:
 * that it is ready, what it is doing, that it stops, and for a unit with
 * {@code WatchdogSec=} that it is alive.
 * <p>
 * It is alive as long as what it is given says so, which is asked on a thread of its own:
 * a JVM that is frozen or whose node no longer takes signals falls silent, and systemd
 * ends it. Thread-safe.
 */
public final class SystemdNotifier implements AutoCloseable {

	/** A status that is a second old is good enough for people. */
	private static final long STATUS_MILLIS = 1000;

	private static final long READY_MILLIS = 50;

	/**
	 * systemd expects a message within the time, and recommends half of it
	 * (sd_watchdog_enabled(3)). With a quarter a thread may be late once.
	 */
	private static final int MESSAGES_PER_WATCHDOG = 4;

	private static final int MAX_STATUS = 200;

	private static final long JOIN_MILLIS = 2000;

	private static final Logger log = LoggerFactory.getLogger(SystemdNotifier.class);

	private final NodeIdentity identity;

	private final NotifySocket socket;

	private final long watchdogMillis;

	private final State state;

	private final CountDownLatch closed = new CountDownLatch(1);

	private final Thread thread;

	private volatile boolean started;

	private boolean ready;

	private String lastStatus = "";

	private boolean lastAlive = true;

	private SystemdNotifier(NodeIdentity identity, NotifySocket socket, Duration watchdog, State state) {
		this.identity = identity;
		this.socket = socket;
		this.watchdogMillis = watchdog.toMillis();
		this.state = state;
		this.thread = new Thread(this::run, "ha-notify-" + identity.cluster());
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Begins to notify, if systemd asks for it in the environment.
	 * @param identity leads each log line
	 * @param environment the environment of this process
	 * @param pid the id of this process
	 * @param state what to tell
	 * @return the notifier, empty if nobody wants to be notified
	 */
	public static Optional<SystemdNotifier> start(NodeIdentity identity, Map<String, String> environment, long pid,
			State state) {
		String address = environment.get("NOTIFY_SOCKET");
		if (address == null) {
			return Optional.empty();
		}
		NotifySocket socket = NotifySocket.of(address);
		if (socket == null) {
			log.warn("[{}] systemd is not notified: the address '{}' in NOTIFY_SOCKET is not supported", identity,
					address);
			return Optional.empty();
		}
		Duration watchdog = watchdog(environment, pid);
		log.info("[{}] systemd is notified{}", identity,
				watchdog.isZero() ? "" : ", and its watchdog within every " + watchdog.toMillis() + " ms");
		return Optional.of(new SystemdNotifier(identity, socket, watchdog, state));
	}

	/**
	 * Reads what sd_watchdog_enabled(3) reads.
	 */
	private static Duration watchdog(Map<String, String> environment, long pid) {
		String forPid = environment.getOrDefault("WATCHDOG_PID", String.valueOf(pid));
		try {
			long micros = Long.parseLong(environment.getOrDefault("WATCHDOG_USEC", "0"));
			return (micros > 0 && forPid.equals(String.valueOf(pid))) ? Duration.ofNanos(micros * 1000) : Duration.ZERO;
		}
		catch (NumberFormatException ex) {
			return Duration.ZERO;
		}
	}

	/**
	 * Says that the application has started. systemd is told so as soon as the state is
	 * settled too.
	 */
	public void started() {
		this.started = true;
	}

	/**
	 * Says that the application begins to stop.
	 * @param timeout how long that may take; systemd then waits so long, even where the
	 * unit allows less
	 */
	public void stopping(Duration timeout) {
		this.socket.send("STOPPING=1\nEXTEND_TIMEOUT_USEC=" + timeout.toNanos() / 1000);
	}

	/**
	 * Stops notifying.
	 */
	@Override
	public void close() {
		this.closed.countDown();
		try {
			this.thread.join(JOIN_MILLIS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void run() {
		try {
			while (!this.closed.await(pauseMillis(), TimeUnit.MILLISECONDS)) {
				tell();
			}
		}
		catch (InterruptedException ex) {
			log.debug("[{}] systemd is no longer notified", this.identity);
		}
	}

	private long pauseMillis() {
		long pause = this.ready ? STATUS_MILLIS : READY_MILLIS;
		return (this.watchdogMillis > 0) ? Math.max(1, Math.min(pause, this.watchdogMillis / MESSAGES_PER_WATCHDOG))
				: pause;
	}

	private void tell() {
		try {
			StringBuilder message = new StringBuilder();
			if (!this.ready && this.started && this.state.settled().getAsBoolean()) {
				this.ready = true;
				message.append("READY=1\n");
			}
			String status = oneLine(this.state.status().get());
			if (!status.equals(this.lastStatus)) {
				this.lastStatus = status;
				message.append("STATUS=").append(status).append('\n');
			}
			if (this.watchdogMillis > 0 && isAlive()) {
				message.append("WATCHDOG=1\n");
			}
			if (!message.isEmpty() && !this.socket.send(message.toString())) {
				// It may have been the message that matters.
				this.ready = this.ready && message.indexOf("READY") < 0;
				this.lastStatus = "";
			}
		}
		catch (RuntimeException ex) {
			log.warn("[{}] systemd could not be notified", this.identity, ex);
		}
	}

	private boolean isAlive() {
		boolean alive = this.state.alive().getAsBoolean();
		if (!alive && this.lastAlive) {
			log.error("[{}] This node no longer takes signals. The watchdog of systemd is left to end this process",
					this.identity);
		}
		this.lastAlive = alive;
		return alive;
	}

	private static String oneLine(String text) {
		String line = text.replaceAll("\\s+", " ");
		return (line.length() <= MAX_STATUS) ? line : line.substring(0, MAX_STATUS) + "...";
	}

	/**
	 * What systemd is told. All of it is asked on the thread of the notifier and must not
	 * block.
	 *
	 * @param settled whether the node has taken its place, so that what waits for this
	 * unit may start
	 * @param status one line for people
	 * @param alive whether the node still works
	 */
	public record State(BooleanSupplier settled, Supplier<String> status, BooleanSupplier alive) {
	}

}
