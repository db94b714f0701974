package io.hacluster.backend.systemd;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.backend.BackendException;

/**
 * Notices that a unit ends, or that systemd starts it again. Looks for its main process
 * ten times a second, which costs one look into a directory, and asks systemd only when
 * that is gone. A unit without a main process, or whose process this user cannot see, is
 * asked for twice a second.
 */
final class UnitWatch implements AutoCloseable {

	private static final long LOOK_MILLIS = 100;

	private static final long ASK_MILLIS = 500;

	private static final long JOIN_MILLIS = 2000;

	private static final Logger log = LoggerFactory.getLogger(SystemdBackend.class);

	private final String label;

	private final Systemctl systemctl;

	private final String unit;

	private final Path proc;

	private final Consumer<UnitStatus> ended;

	private final CountDownLatch closed = new CountDownLatch(1);

	private final Thread thread;

	private volatile boolean over;

	private long mainPid;

	private long restarts;

	/**
	 * Creates a watch.
	 * @param label leads each log line, and names the thread by its first part
	 * @param systemctl asked
	 * @param started what it said of the unit when that had started
	 * @param proc where processes are listed
	 * @param ended called once when the unit has ended by itself
	 */
	UnitWatch(String label, String cluster, Systemctl systemctl, UnitStatus started, Path proc,
			Consumer<UnitStatus> ended) {
		this.label = label;
		this.systemctl = systemctl;
		this.unit = started.id();
		this.proc = proc;
		this.ended = ended;
		this.mainPid = started.mainPid();
		this.restarts = started.restarts();
		this.thread = new Thread(this::run, "ha-unit-" + cluster);
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Returns whether the unit has ended and whoever wants to know has been told.
	 */
	boolean isOver() {
		return this.over;
	}

	@Override
	public void close() {
		this.closed.countDown();
		if (this.thread == Thread.currentThread()) {
			return;
		}
		this.thread.interrupt();
		boolean interrupted = Thread.interrupted();
		try {
			this.thread.join(JOIN_MILLIS);
		}
		catch (InterruptedException ex) {
			interrupted = true;
		}
		if (interrupted) {
			Thread.currentThread().interrupt();
		}
	}

	private void run() {
		try {
			do {
				if (!isMainProcessThere() && !look()) {
					return;
				}
			}
			while (!this.closed.await(isMainProcessThere() ? LOOK_MILLIS : ASK_MILLIS, TimeUnit.MILLISECONDS));
		}
		catch (InterruptedException ex) {
			log.debug("[{}] {} is no longer watched", this.label, this.unit);
		}
	}

	private boolean isMainProcessThere() {
		return this.mainPid > 0 && Files.exists(this.proc.resolve(Long.toString(this.mainPid)));
	}

	/**
	 * Asks systemd.
	 * @return whether to go on
	 */
	private boolean look() throws InterruptedException {
		UnitStatus status;
		try {
			status = this.systemctl.show(this.unit);
		}
		catch (BackendException ex) {
			log.debug("[{}] {} cannot be watched", this.label, this.unit, ex);
			return true;
		}
		if (this.closed.getCount() == 0) {
			return false;
		}
		if (status.hasEnded()) {
			this.ended.accept(status);
			this.over = true;
			return false;
		}
		if (status.restarts() > this.restarts) {
			this.restarts = status.restarts();
			log.warn("[{}] systemd has started {} again by itself, for the {}. time; it is {}", this.label, this.unit,
					this.restarts, status);
		}
		this.mainPid = status.mainPid();
		return true;
	}

}
