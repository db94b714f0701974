package io.hacluster.replication.primary;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.FencedException;
import io.hacluster.HaClusterException;
import io.hacluster.NodeIdentity;
import io.hacluster.Ticker;

/**
 * The thread that ships. All that touches the database happens on it, one thing after the
 * other; nobody interrupts it, because an interrupt would close files that must stay
 * open.
 */
final class PrimaryLoop {

	private static final Logger logger = LoggerFactory.getLogger(PrimaryLoop.class);

	private static final Duration COMMAND = Duration.ofSeconds(30);

	private static final long IDLE = Duration.ofSeconds(1).toNanos();

	private static final long LOOK = Duration.ofSeconds(1).toNanos();

	private static final long FLUSH_POLL = Duration.ofMillis(20).toNanos();

	private static final long ERROR_PAUSE = Duration.ofMillis(200).toNanos();

	private final NodeIdentity identity;

	private final PrimaryEngine engine;

	private final PrimaryDeparture departure;

	private final PrimaryCounters counters;

	private final PrimarySignal signal;

	private final PrimaryIdle idle;

	private final Ticker ticker;

	private final Consumer<FencedException> onFenced;

	private final Thread thread;

	private final Queue<FutureTask<?>> commands = new ConcurrentLinkedQueue<>();

	private volatile boolean shipping;

	private volatile boolean ended;

	private boolean fenced;

	private long lookAt;

	PrimaryLoop(NodeIdentity identity, PrimaryEngine engine, PrimaryDeparture departure, PrimaryCounters counters,
			PrimarySignal signal, Ticker ticker, Consumer<FencedException> onFenced) {
		this.identity = identity;
		this.engine = engine;
		this.departure = departure;
		this.counters = counters;
		this.signal = signal;
		this.ticker = ticker;
		this.onFenced = onFenced;
		this.idle = new PrimaryIdle(engine, signal, ticker);
		this.lookAt = ticker.nanoTime();
		this.thread = new Thread(this::run, "ha-primary-" + identity.cluster());
		this.thread.setDaemon(true);
		this.thread.start();
	}

	/**
	 * Lets the loop ship, or only carry out commands.
	 */
	void shipping(boolean shipping) {
		this.shipping = shipping;
		this.signal.give();
	}

	/**
	 * Says who gives the signals for commits.
	 */
	void watch(PrimaryWatch watch) {
		this.idle.watch(watch);
	}

	boolean isEnded() {
		return this.ended;
	}

	/**
	 * Carries out a command that takes moments only.
	 * @param command the command
	 * @return its result
	 * @throws HaClusterException if it fails, or if the loop has ended or is stuck
	 */
	<T> T call(Callable<T> command) throws InterruptedException {
		if (this.ended) {
			throw new HaClusterException("This primary has been released");
		}
		try {
			return call(command, COMMAND);
		}
		catch (TimeoutException ex) {
			throw new HaClusterException("The primary did not answer within " + COMMAND.toSeconds() + " s", ex);
		}
	}

	/**
	 * Carries out a command on the thread of this loop.
	 * @param command the command
	 * @param timeout how long to wait for its result; it is carried out even if it is
	 * late
	 */
	<T> T call(Callable<T> command, Duration timeout) throws InterruptedException, TimeoutException {
		FutureTask<T> task = new FutureTask<>(command);
		this.commands.add(task);
		this.signal.giveUrgently();
		if (this.ended) {
			task.cancel(false);
		}
		try {
			return task.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
		}
		catch (CancellationException ex) {
			throw new HaClusterException("This primary has been released", ex);
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof HaClusterException known) {
				throw known;
			}
			throw new HaClusterException(String.valueOf((ex.getCause() != null) ? ex.getCause().getMessage() : ex), ex);
		}
	}

	/**
	 * Gives a command without waiting for it.
	 * @param command the command, which is not carried out if the loop has ended
	 */
	void post(Runnable command) {
		this.commands.add(new FutureTask<>(command, null));
		this.signal.giveUrgently();
	}

	/**
	 * Ends the loop after the commands that have been given.
	 * @param timeout how long to wait for its end
	 */
	void end(Duration timeout) throws InterruptedException {
		this.ended = true;
		this.signal.give();
		this.thread.join(Math.max(1, timeout.toMillis()));
	}

	private void run() {
		while (true) {
			boolean last = this.ended;
			this.signal.clearUrgent();
			FutureTask<?> command = this.commands.poll();
			while (command != null) {
				command.run();
				command = this.commands.poll();
			}
			if (last) {
				return;
			}
			if (this.shipping && !this.fenced) {
				dropIfReplaced();
				this.idle.await(round(true));
			}
			else {
				this.signal.await(IDLE);
			}
		}
	}

	/**
	 * Does one round of shipping and sees to what goes wrong.
	 * @param paced whether to keep the minimum time between batches
	 * @return how long to wait before the next
	 */
	long round(boolean paced) {
		try {
			return this.engine.turn(paced);
		}
		catch (FencedException ex) {
			this.fenced = true;
			this.counters.fenceRejections.incrementAndGet();
			this.counters.failure("A newer leader has fenced the log: " + ex.getMessage());
			logger.warn("[{}] Shipping ends, a newer leader has fenced the log: {}", this.identity, ex.getMessage());
			this.onFenced.accept(ex);
		}
		catch (ContinuityLostException ex) {
			logger.warn("[{}] {}; a full copy is needed", this.identity, ex.getMessage());
			this.engine.loseContinuity();
			return 0;
		}
		catch (HaClusterException | IOException | SQLException ex) {
			report(ex);
			// Not to be shortened by a busy writer's commits
			this.signal.pause(ERROR_PAUSE);
			return 0;
		}
		catch (RuntimeException ex) {
			logger.error("[{}] Shipping failed unexpectedly and goes on", this.identity, ex);
			this.counters.failure("Shipping fails: " + ex);
		}
		return ERROR_PAUSE;
	}

	/**
	 * Ships until everything committed is in the log, and then keeps writers out. To be
	 * called on the thread of this loop.
	 * @param deadline when to give up, on the ticker
	 * @param stop asked between the rounds
	 * @return whether everything is in the log and the barrier stands
	 */
	boolean shipUntil(long deadline, BooleanSupplier stop) throws IOException, SQLException {
		while (!this.fenced && !stop.getAsBoolean()) {
			long wait = round(false);
			long left = deadline - this.ticker.nanoTime();
			if (this.departure.isLevel() && this.departure.closeDoor(Duration.ofNanos(Math.max(0, left)))) {
				return true;
			}
			if (left <= 0) {
				return false;
			}
			this.signal.await(Math.min(Math.min(wait, left), FLUSH_POLL));
		}
		return false;
	}

	private void report(Exception ex) {
		String text = "Shipping fails: " + ex.getMessage();
		if (!text.equals(this.counters.failure())) {
			logger.warn("[{}] {}", this.identity, text);
		}
		this.counters.failure(text);
	}

	private void dropIfReplaced() {
		long now = this.ticker.nanoTime();
		if (now - this.lookAt < 0) {
			return;
		}
		this.lookAt = now + LOOK;
		try {
			this.engine.dropIfReplaced();
		}
		catch (IOException | SQLException ex) {
			report(ex);
		}
	}

}
