package io.hacluster.console;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import jakarta.servlet.AsyncContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import io.hacluster.NodeIdentity;
import io.hacluster.member.Members;

/**
 * The streams of server-sent events to the pages that are open. Nothing is queued: each
 * stream knows the version that it has sent, and a slow one skips those in between.
 * Thread-safe.
 */
final class ConsoleStreams {

	/**
	 * How many pages can be open at a time.
	 */
	static final int LIMIT = 32;

	private static final Logger logger = LoggerFactory.getLogger(ConsoleStreams.class);

	private static final Duration JOIN = Duration.ofSeconds(1);

	private final NodeIdentity identity;

	private final ConsoleState state;

	private final LagHistory lag;

	private final Members members;

	private final Clock clock;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private final Set<ConsoleStream> streams = ConcurrentHashMap.newKeySet();

	private long version;

	private long renderedVersion = -1;

	private String rendered = "";

	private boolean open;

	private Members.@Nullable Subscription subscription;

	private @Nullable Thread sampler;

	ConsoleStreams(NodeIdentity identity, ConsoleState state, LagHistory lag, Members members, Clock clock) {
		this.identity = identity;
		this.state = state;
		this.lag = lag;
		this.members = members;
		this.clock = clock;
	}

	void start() {
		this.lock.lock();
		try {
			if (this.open) {
				return;
			}
			this.open = true;
			this.subscription = this.members.subscribe((view) -> changed());
			this.sampler = thread("ha-console-" + this.identity.cluster(), this::sample);
			this.sampler.start();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Says goodbye to the pages and ends their streams, so that the web server does not
	 * wait for them.
	 */
	void stop() {
		List<Thread> threads = new ArrayList<>();
		Members.Subscription subscription;
		this.lock.lock();
		try {
			if (!this.open) {
				return;
			}
			this.open = false;
			subscription = this.subscription;
			if (this.sampler != null) {
				threads.add(this.sampler);
			}
			this.streams.forEach((stream) -> threads.add(stream.thread()));
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		if (subscription != null) {
			subscription.close();
		}
		join(threads);
		this.streams.forEach(ConsoleStream::abandon);
	}

	boolean isOpen() {
		this.lock.lock();
		try {
			return this.open;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Begins a stream.
	 * @param context the request, which the stream completes
	 * @return whether there was room for it
	 */
	boolean add(AsyncContext context) {
		this.lock.lock();
		try {
			if (!this.open || this.streams.size() >= LIMIT) {
				return false;
			}
			ConsoleStream stream = new ConsoleStream(this, context);
			context.addListener(stream.listener());
			this.streams.add(stream);
			stream.thread(thread("ha-console-stream-" + this.identity.cluster(), stream::run)).start();
			return true;
		}
		finally {
			this.lock.unlock();
		}
	}

	int size() {
		return this.streams.size();
	}

	void remove(ConsoleStream stream) {
		this.streams.remove(stream);
	}

	/**
	 * Tells the streams that there is something new.
	 */
	void changed() {
		this.lock.lock();
		try {
			this.version++;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits for something new.
	 * @param version the version that has been sent, -1 for none
	 * @param sample the number of the lag sample that has been sent, 0 for none
	 * @return what is new, {@code null} if the stream is to end
	 */
	@Nullable News await(long version, long sample) throws InterruptedException {
		long now;
		this.lock.lockInterruptibly();
		try {
			while (this.open && this.version == version && this.lag.after(sample).isEmpty()) {
				this.changed.await();
			}
			if (!this.open) {
				return null;
			}
			now = this.version;
		}
		finally {
			this.lock.unlock();
		}
		return new News(now, (now != version) ? rendered(now) : null, this.lag.after(sample));
	}

	/**
	 * Returns the state, which is written once for all streams. Others are asked for it
	 * without the lock that they need to report a change.
	 */
	private String rendered(long version) {
		synchronized (this.state) {
			if (this.renderedVersion < version) {
				this.rendered = this.state.render();
				this.renderedVersion = version;
			}
			return this.rendered;
		}
	}

	private void sample() {
		try {
			while (isOpen()) {
				this.lag.record(this.clock.instant(), this.members.view());
				this.lock.lock();
				try {
					this.changed.signalAll();
					long remaining = LagHistory.INTERVAL.toNanos();
					while (this.open && remaining > 0) {
						remaining = this.changed.awaitNanos(remaining);
					}
				}
				finally {
					this.lock.unlock();
				}
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private Thread thread(String name, Runnable task) {
		Thread thread = new Thread(task, name);
		thread.setDaemon(true);
		thread.setUncaughtExceptionHandler(
				(failed, ex) -> logger.error("[{}] {} has failed", this.identity, failed.getName(), ex));
		return thread;
	}

	private static void join(List<Thread> threads) {
		long patience = JOIN.toMillis();
		try {
			for (Thread thread : threads) {
				thread.join(patience);
				patience = thread.isAlive() ? 1 : patience;
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * What a stream has not sent yet.
	 *
	 * @param version the version of the state
	 * @param state the state, {@code null} if it has not changed
	 * @param samples samples of the lag
	 */
	record News(long version, @Nullable String state, List<LagHistory.Sample> samples) {
	}

}
